package io.raftkv.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

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

  /** The index of the last entry in front of this file, as its header says. */
  private long lastIndexBefore(List<String> names, int number) throws IOException {
    var path = directory.resolve(names.get(number));
    try (var file = disk.open(path)) {
      var header = ByteBuffer.allocate(SegmentHeader.BYTES);
      file.read(header, 0);
      return SegmentHeader.decode(path, header.flip()).state().lastIndex();
    }
  }
}
