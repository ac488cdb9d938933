package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** A snapshot is there as it was written, or not at all. */
class SnapshotFilesTest {
  private static final String OLDER = SnapshotName.of(40);
  private static final String NEWER = SnapshotName.of(80);

  private final MemoryFiles disk = new MemoryFiles();
  private final SnapshotFiles files = files(disk);
  private final SomeStates states = new SomeStates(200);

  private static SnapshotFiles files(MemoryFiles disk) {
    return new SnapshotFiles(MemoryFiles.DIRECTORY, StorageOptions.DEFAULTS.withDisk(disk));
  }

  private SnapshotFiles.Saved save(long index) throws IOException {
    return files.save(states.snapshot(index), states.store(index).freeze());
  }

  private Optional<SnapshotFiles.Loaded> load() throws IOException {
    return files.load(new ArrayList<>());
  }

  private long loadedIndex() throws IOException {
    var loaded = load();
    loaded.ifPresent(
        found ->
            assertEquals(
                states.digest(found.snapshot().id().index()), found.store().digest(), "state"));
    return loaded.map(found -> found.snapshot().id().index()).orElse(0L);
  }

  @Test
  void whatWasSavedIsLoaded() throws IOException {
    var saved = save(40);

    var loaded = load().orElseThrow();

    assertEquals(states.snapshot(40), loaded.snapshot());
    assertEquals(states.digest(40), loaded.store().digest());
    assertEquals(saved.bytes(), loaded.bytes());
    assertEquals(disk.bytes(OLDER).length, saved.bytes());
  }

  @Test
  void theTwoNewestAreKeptAndTheOlderOfThemIsNamed() throws IOException {
    assertEquals(40, save(40).oldestIndex());
    assertEquals(40, save(80).oldestIndex());
    assertEquals(80, save(120).oldestIndex());

    assertEquals(List.of(NEWER, SnapshotName.of(120)), disk.list(MemoryFiles.DIRECTORY));
    assertEquals(120, loadedIndex());
  }

  /** It would be a loss to take it for damage and go on with the older one. */
  @Test
  void aSnapshotOfALaterProgramStopsTheStartAndIsNotTouched() throws IOException {
    save(40);
    save(80);
    var header = ByteBuffer.wrap(disk.bytes(NEWER)).putInt(4, 2);
    int end = 36 + header.getInt(32);
    var crc = new CRC32C();
    crc.update(header.array(), 0, end);
    disk.put(NEWER, header.putInt(end, (int) crc.getValue()).array());

    var failure = assertThrows(StorageFailure.class, this::load);

    assertTrue(failure.getMessage().contains("has format 2"), failure.getMessage());
    assertEquals(List.of(OLDER, NEWER), disk.list(MemoryFiles.DIRECTORY));
  }

  @Test
  void aFlippedBitIsNeverLoaded() throws IOException {
    save(40);
    save(80);
    var intact = disk.bytes(NEWER);
    for (int bit = 0; bit < 8 * intact.length; bit++) {
      var flipped = intact.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      disk.put(NEWER, flipped);

      assertEquals(40, loadedIndex(), "bit " + bit);
    }
  }

  @Test
  void aFileThatIsCutShortOrTooLongIsNeverLoaded() throws IOException {
    save(40);
    save(80);
    var intact = disk.bytes(NEWER);
    for (int length = 0; length <= intact.length + 20; length++) {
      disk.put(NEWER, Arrays.copyOf(intact, length));

      assertEquals(length == intact.length ? 80 : 40, loadedIndex(), "length " + length);
    }
  }

  @Test
  void aSnapshotUnderAnotherNameIsNotLoaded() throws IOException {
    save(40);
    disk.put(NEWER, disk.bytes(OLDER));

    assertEquals(40, loadedIndex());
  }

  @Test
  void aDamagedOneIsSetAsideAndNotDeleted() throws IOException {
    save(40);
    save(80);
    var damaged = disk.bytes(NEWER);
    damaged[100] ^= 1;
    disk.put(NEWER, damaged);
    var found = new ArrayList<Path>();
    files.load(found);

    files.setAside(found);

    assertEquals(List.of(OLDER, NEWER + ".corrupt"), disk.list(MemoryFiles.DIRECTORY));
    assertTrue(Arrays.equals(damaged, disk.bytes(NEWER + ".corrupt")));
  }

  @Test
  void aDiskThatFailsLeavesTheOlderOnesAndNothingElse() throws IOException {
    save(40);
    disk.failWrites(Optional.of(new IOException("No space left on device")));

    assertThrows(IOException.class, () -> save(80));

    assertEquals(List.of(OLDER), disk.list(MemoryFiles.DIRECTORY));
    disk.failWrites(Optional.empty());
    assertEquals(40, save(80).oldestIndex());
  }

  @Test
  void whatAServerThatDiedWasWritingIsDeleted() throws IOException {
    save(40);
    disk.put(SnapshotName.TEMPORARY, new byte[10]);

    files.deleteUnfinished();

    assertEquals(List.of(OLDER), disk.list(MemoryFiles.DIRECTORY));
  }

  /** The name may not be durable, and whoever asked for it was told that it failed. */
  @Test
  void aFolderThatCannotBeForcedLeavesTheOlderOnesAndNothingElse() throws IOException {
    save(40);
    disk.failDirectoryForces(Optional.of(new IOException("I/O error")));

    assertThrows(IOException.class, () -> save(80));

    assertEquals(List.of(OLDER), disk.list(MemoryFiles.DIRECTORY));
  }

  @Test
  void oneThatDoesNotBeginAsItShouldIsSetAsideAndTheOlderOneSent() throws IOException {
    save(40);
    save(80);
    var damaged = disk.bytes(NEWER);
    damaged[9] ^= 1;
    disk.put(NEWER, damaged);

    try (var source = files.newest().orElseThrow()) {
      assertEquals(40, source.id().index());
    }
    assertEquals(List.of(OLDER, NEWER + ".corrupt"), disk.list(MemoryFiles.DIRECTORY));
  }

  @Test
  void oneThatNobodyTakesIsSetAsideIfItIsDamagedAndOnlyThen() throws IOException {
    save(40);
    save(80);
    files.check(states.snapshot(80).id());
    assertEquals(List.of(OLDER, NEWER), disk.list(MemoryFiles.DIRECTORY));
    var damaged = disk.bytes(NEWER);
    damaged[damaged.length / 2] ^= 1;
    disk.put(NEWER, damaged);

    files.check(states.snapshot(80).id());
    files.check(states.snapshot(120).id());

    assertEquals(List.of(OLDER, NEWER + ".corrupt"), disk.list(MemoryFiles.DIRECTORY));
  }

  /** The system takes what it could not force for written, and would say so the next time. */
  @Test
  void whatWasReceivedAndCouldNotBeForcedIsReceivedAnew() throws IOException {
    save(80);
    var file = sent();
    var other = new MemoryFiles();
    try (var sink = files(other).receive(states.snapshot(80).id(), file.length)) {
      sink.write(ByteBuffer.wrap(file), 0);
      other.failForces(new IOException("I/O error"));
      assertThrows(IOException.class, sink::finish);
    }
    other.forceAgain();

    try (var sink = files(other).receive(states.snapshot(80).id(), file.length)) {
      assertEquals(0, sink.received());
    }
  }

  private byte[] sent() throws IOException {
    try (var source = files.newest().orElseThrow()) {
      var bytes = ByteBuffer.allocate((int) source.bytes());
      source.read(bytes, 0);
      return bytes.array();
    }
  }

  @Test
  void aSnapshotIsReceivedInPiecesAndGoesOnWhereItBrokeOff() throws IOException {
    save(80);
    var file = sent();
    var other = new MemoryFiles();
    var id = states.snapshot(80).id();
    try (var sink = files(other).receive(id, file.length)) {
      sink.write(ByteBuffer.wrap(file, 0, 100), 0);
    }

    try (var sink = files(other).receive(id, file.length)) {
      assertEquals(100, sink.received());
      sink.write(ByteBuffer.wrap(file, 100, file.length - 100), 100);
      assertEquals(states.digest(80), sink.finish().store().digest());
    }

    assertEquals(List.of(NEWER), other.list(MemoryFiles.DIRECTORY));
    assertTrue(Arrays.equals(file, other.bytes(NEWER)));
  }

  @Test
  void whatIsReceivedOfAnotherSnapshotIsDropped() throws IOException {
    save(80);
    var file = sent();
    try (var sink = files.receive(states.snapshot(120).id(), 5_000)) {
      sink.write(ByteBuffer.wrap(file, 0, 100), 0);
    }
    try (var sink = files.receive(states.snapshot(160).id(), 5_000)) {
      assertEquals(0, sink.received());
    }
    assertEquals(
        1, disk.list(MemoryFiles.DIRECTORY).stream().filter(SnapshotName::isReceiving).count());
  }

  @Test
  void bytesThatDoNotFollowThoseBeforeAreRefused() throws IOException {
    try (var sink = files.receive(states.snapshot(80).id(), 100)) {
      sink.write(ByteBuffer.allocate(10), 0);
      assertThrows(BadSnapshot.class, () -> sink.write(ByteBuffer.allocate(10), 0));
      assertThrows(BadSnapshot.class, () -> sink.write(ByteBuffer.allocate(10), 20));
      assertThrows(BadSnapshot.class, () -> sink.write(ByteBuffer.allocate(91), 10));
    }
  }

  @Test
  void aReceivedFileThatIsNotWhatWasSaidLeavesNothing() throws IOException {
    save(80);
    var file = sent();
    var other = new MemoryFiles();
    var flipped = file.clone();
    flipped[flipped.length / 2] ^= 1;
    for (var bad : List.of(flipped, file)) {
      long said = bad == file ? 120 : 80;
      try (var sink = files(other).receive(states.snapshot(said).id(), bad.length)) {
        sink.write(ByteBuffer.wrap(bad), 0);
        assertThrows(BadSnapshot.class, sink::finish);
      }
      assertEquals(List.of(), other.list(MemoryFiles.DIRECTORY));
    }
  }

  @Test
  void anOlderOneThatArrivesLateIsTheFirstToGo() throws IOException {
    save(40);
    var late = sent();
    disk.remove(OLDER);
    save(80);
    save(120);
    try (var sink = files.receive(states.snapshot(40).id(), late.length)) {
      sink.write(ByteBuffer.wrap(late), 0);
      assertEquals(states.digest(40), sink.finish().store().digest());
    }
    assertFalse(disk.exists(MemoryFiles.DIRECTORY.resolve(OLDER)));
    assertEquals(120, loadedIndex());
  }
}
