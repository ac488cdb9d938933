package io.raftkv.storage;

import java.io.IOException;
import java.util.Optional;

/** Reads a snapshot once more, block by block, without taking in its content. */
final class SnapshotCheck implements FileCheck {
  private final Disk.File file;
  private final long index;
  private Optional<SnapshotReader> reader = Optional.empty();
  private boolean ended;

  /**
   * @param index of the entry that the file is named for
   */
  SnapshotCheck(Disk.File file, long index) {
    this.file = file;
    this.index = index;
  }

  @Override
  public int readOn() throws IOException {
    if (ended) {
      return 0;
    }
    long before = position();
    if (reader.isEmpty()) {
      begin();
    } else {
      ended = !reader.get().readBlock(content -> {});
    }
    return (int) (position() - before);
  }

  private void begin() throws IOException {
    var begun = new SnapshotReader(file);
    long found = begun.snapshot().id().index();
    if (found != index) {
      throw new BadSnapshot("this is the snapshot of entry " + found);
    }
    reader = Optional.of(begun);
  }

  @Override
  public long position() {
    return reader.map(SnapshotReader::position).orElse(0L);
  }
}
