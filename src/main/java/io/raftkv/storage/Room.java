package io.raftkv.storage;

import java.io.IOException;
import java.nio.file.Path;

/**
 * How much room a server has left on its disk. It is short of it before a write fails, so that what
 * must still be written can be: votes, what makes room again, and the snapshots that let the log be
 * dropped.
 */
final class Room {
  private static final int SEGMENTS = 4;
  private static final int SNAPSHOTS = 2;

  private final Path directory;
  private final Disk disk;
  private final SnapshotFiles snapshots;
  private final long segmentBytes;
  private boolean isShort;

  Room(Path directory, SnapshotFiles snapshots, StorageOptions options) {
    this.directory = directory;
    this.disk = options.disk();
    this.snapshots = snapshots;
    segmentBytes = options.segmentBytes();
  }

  /** Looks; it takes a segment more than was missing until there is enough again. */
  boolean isShort() throws IOException {
    long mark = SEGMENTS * segmentBytes + SNAPSHOTS * snapshots.newestBytes();
    long wanted = isShort ? mark + segmentBytes : mark;
    isShort = disk.usableBytes(directory) < wanted;
    return isShort;
  }
}
