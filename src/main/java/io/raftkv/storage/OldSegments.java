package io.raftkv.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Log files that are no longer needed. They are deleted whole, oldest first, and never rewritten.
 */
final class OldSegments {
  private final Path directory;
  private final Disk disk;

  OldSegments(Path directory, Disk disk) {
    this.directory = directory;
    this.disk = disk;
  }

  /**
   * Deletes the files all of whose entries have an index up to this. The newest stays; each
   * deletion is durable before the next, so that those that stay are never with a gap.
   */
  void delete(long upToIndex) throws IOException {
    var names = disk.list(directory).stream().filter(SegmentName::isSegment).toList();
    for (int i = 0; i + 1 < names.size(); i++) {
      if (lastIndexBefore(names, i + 1) > upToIndex) {
        return;
      }
      disk.delete(directory.resolve(names.get(i)));
      ForceFailure.guard(() -> disk.forceDirectory(directory));
    }
  }

  /**
   * The index of the last entry in front of this file, as its header says; one that is damaged says
   * nothing, and then the next one counts, behind which there are no fewer.
   */
  private long lastIndexBefore(List<String> names, int number) throws IOException {
    for (var name : names.subList(number, names.size())) {
      var header = header(directory.resolve(name));
      if (header.isPresent()) {
        return header.get().state().lastIndex();
      }
    }
    return Long.MAX_VALUE;
  }

  private Optional<SegmentHeader> header(Path path) throws IOException {
    try (var file = disk.open(path)) {
      var header = ByteBuffer.allocate(SegmentHeader.BYTES);
      file.read(header, 0);
      return SegmentHeader.ifIntact(path, header.flip());
    }
  }
}
