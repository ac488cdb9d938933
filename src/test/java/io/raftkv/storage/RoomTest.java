package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** When a disk counts as nearly full. */
class RoomTest {
  private static final int SEGMENT = 1 << 13;

  private final MemoryFiles disk = new MemoryFiles();
  private final StorageOptions options =
      StorageOptions.DEFAULTS.withSegmentBytes(SEGMENT).withDisk(disk);
  private final SnapshotFiles snapshots = new SnapshotFiles(MemoryFiles.DIRECTORY, options);
  private final Room room = new Room(MemoryFiles.DIRECTORY, snapshots, options);

  private boolean isShortWith(long bytes) throws IOException {
    disk.leaveRoom(bytes);
    return room.isShort();
  }

  @Test
  void fourSegmentsAreEnoughWithoutASnapshot() throws IOException {
    assertFalse(isShortWith(4 * SEGMENT));
    assertTrue(isShortWith(4 * SEGMENT - 1));
  }

  @Test
  void itTakesASegmentMoreUntilThereIsRoomAgain() throws IOException {
    assertTrue(isShortWith(0));
    assertTrue(isShortWith(5 * SEGMENT - 1));
    assertFalse(isShortWith(5 * SEGMENT));
    assertFalse(isShortWith(4 * SEGMENT));
  }

  @Test
  void thereMustBeRoomForTwoSnapshots() throws IOException {
    var states = new SomeStates(50);
    long bytes = snapshots.save(states.snapshot(40), states.store(40).freeze()).bytes();

    assertFalse(isShortWith(4 * SEGMENT + 2 * bytes));
    assertTrue(isShortWith(4 * SEGMENT + 2 * bytes - 1));
  }
}
