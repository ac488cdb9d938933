package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.base.ExitStatus;
import io.raftkv.kv.Life;
import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  private static final StorageOptions OPTIONS = new StorageOptions(1 << 14, 1 << 20);

  @TempDir Path path;

  private static Storage open(MemoryFiles disk, Recorder recorder) {
    return Storage.open(MemoryFiles.DIRECTORY, 3, OPTIONS.withDisk(disk), recorder);
  }

  private static PersistentState recover(MemoryFiles disk) {
    try (var storage = open(disk, new Recorder())) {
      return storage.recovered();
    }
  }

  @Test
  void whatWasWrittenIsThereAfterwards() {
    var disk = new MemoryFiles();
    var recorder = new Recorder();
    var configuration = new Entry(2, 1, 9, Entry.Kind.CONFIGURATION, Bytes.utf8("who counts"));
    try (var storage = open(disk, recorder)) {
      assertEquals(PersistentState.EMPTY, storage.recovered());
      storage.write(1, List.of(new LogRecord.Vote(1, 3), Recorder.append(1, 1, 10)));
      storage.write(2, List.of(new LogRecord.Append(List.of(configuration))));
      storage.write(3, List.of(Recorder.append(3, 1, 0), new LogRecord.Joined(77)));
      storage.write(4, List.of(new LogRecord.TruncateSuffix(3), new LogRecord.Vote(2, -1)));
      recorder.awaitWritten(4);
    }

    var state = recover(disk);

    assertEquals(2, state.term());
    assertEquals(-1, state.votedFor());
    assertEquals(77, state.clusterId());
    assertEquals(2, state.entries().size());
    assertEquals(configuration, state.entries().get(1));
  }

  @Test
  void manyWritesShareAForce() {
    var disk = new MemoryFiles();
    var recorder = new Recorder();
    try (var storage = open(disk, recorder)) {
      int before = disk.forces();
      for (int i = 1; i <= 5_000; i++) {
        storage.write(i, List.of(Recorder.append(i, 1, 0)));
      }
      recorder.awaitWritten(5_000);

      assertTrue(disk.forces() - before < 2_500, disk.forces() + " forces");
    }
    assertEquals(5_000, recover(disk).entries().size());
  }

  @Test
  void aLogOfManyFilesIsReadFromTheFirst() {
    var disk = new MemoryFiles();
    var recorder = new Recorder();
    try (var storage = open(disk, recorder)) {
      for (int i = 1; i <= 200; i++) {
        storage.write(i, List.of(Recorder.append(i, 1, 1_000)));
        recorder.awaitWritten(i);
      }
    }

    assertTrue(disk.segments().size() > 10, disk.segments() + "");
    assertEquals(200, recover(disk).entries().size());
  }

  @Test
  void aBatchLargerThanAFileGetsOneOfItsOwn() {
    var disk = new MemoryFiles();
    var recorder = new Recorder();
    try (var storage = open(disk, recorder)) {
      storage.write(1, List.of(Recorder.append(1, 1, 10)));
      storage.write(2, List.of(Recorder.append(2, 1, 3 << 20)));
      storage.write(3, List.of(Recorder.append(3, 1, 10)));
      recorder.awaitWritten(3);
    }

    var entries = recover(disk).entries();

    assertEquals(3, entries.size());
    assertEquals(3 << 20, entries.get(1).command().length());
  }

  @Test
  void whatIsQueuedIsWrittenBeforeTheEnd() {
    var disk = new MemoryFiles();
    var storage = open(disk, new Recorder());
    for (int i = 1; i <= 1_000; i++) {
      storage.write(i, List.of(Recorder.append(i, 1, 20)));
    }

    storage.close();
    storage.close();

    assertEquals(1_000, recover(disk).entries().size());
  }

  @Test
  void everyLifeIsNewAndLaterThanTheOneBefore() {
    var disk = new MemoryFiles();
    var lives = new ArrayList<Life>();
    for (int i = 0; i < 3; i++) {
      try (var storage = open(disk, new Recorder())) {
        lives.add(storage.life());
      }
    }

    assertTrue(lives.get(0).number() < lives.get(1).number());
    assertTrue(lives.get(1).number() < lives.get(2).number());
    assertNotEquals(lives.get(0).random(), lives.get(1).random());
  }

  @Test
  void aForcedLifeIsRememberedEvenIfTheClockIsBehindIt() {
    var disk = new MemoryFiles();
    var recorder = new Recorder();
    var far = new Life(Long.MAX_VALUE / 2, 5);
    try (var storage = open(disk, recorder)) {
      storage.forceLife(far);
      recorder.awaitLife(far);
    }

    try (var storage = open(disk, new Recorder())) {
      assertEquals(far.number() + 1, storage.life().number());
    }
  }

  @Test
  void theIncarnationStaysWithTheFolder() {
    var disk = new MemoryFiles();
    long first;
    try (var storage = open(disk, new Recorder())) {
      first = storage.incarnation();
    }

    try (var storage = open(disk, new Recorder())) {
      assertEquals(first, storage.incarnation());
    }
    try (var other = open(new MemoryFiles(), new Recorder())) {
      assertNotEquals(first, other.incarnation());
    }
  }

  @Test
  void oneWriteThatIsLargerThanABatchBecomesSeveral() {
    var disk = new MemoryFiles();
    var recorder = new Recorder();
    var records = new ArrayList<LogRecord>();
    for (int i = 1; i <= 8; i++) {
      records.add(Recorder.append(i, 1, 600_000));
    }
    records.add(new LogRecord.Append(List.of()));
    try (var storage = open(disk, recorder)) {
      storage.write(1, records);
      recorder.awaitWritten(1);
    }

    assertTrue(disk.segments().size() > 3, disk.segments() + "");
    assertEquals(8, recover(disk).entries().size());
  }

  @Test
  void writesThatAreOutOfOrderAreADefect() {
    var recorder = new Recorder();
    try (var storage = open(new MemoryFiles(), recorder)) {
      storage.write(2, List.of(Recorder.append(1, 1, 10)));
      recorder.awaitWritten(2);
      storage.write(1, List.of(Recorder.append(2, 1, 10)));
      recorder.awaitFailure();
    }

    assertEquals(2, recorder.written());
    assertEquals(ExitStatus.UNEXPECTED, recorder.failures().get(0).status());
  }

  @Test
  void optionsThatCannotWorkAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new StorageOptions(100, 1));
    assertThrows(IllegalArgumentException.class, () -> new StorageOptions(4_097, 1));
    assertThrows(IllegalArgumentException.class, () -> new StorageOptions(4_096, 0));
  }

  @Test
  void recordsThatAreNoneAreRefused() {
    for (var bytes :
        List.of(
            new byte[] {9},
            new byte[] {1, 0},
            new byte[] {
              2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 0,
              0, 0
            },
            new byte[] {
              2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0,
              0
            })) {
      var payload = java.nio.ByteBuffer.wrap(bytes);
      assertThrows(
          IllegalArgumentException.class,
          () -> RecordCodec.decode(payload, new PersistentState.Fold()));
    }
  }

  @Test
  void aFolderInUseIsRefused() {
    var disk = new MemoryFiles();
    try (var storage = open(disk, new Recorder())) {
      var failure = assertThrows(StorageFailure.class, () -> open(disk, new Recorder()));

      assertEquals(ExitStatus.DATA_LOCKED, failure.status());
      assertTrue(storage.incarnation() != 0);
    }
    recover(disk);
  }

  @Test
  void aFolderInUseByThisProcessIsRefusedOnARealDisk() {
    var directory = path.resolve("3");
    try (var storage = Storage.open(directory, 3, OPTIONS, new Recorder())) {
      var failure =
          assertThrows(
              StorageFailure.class, () -> Storage.open(directory, 3, OPTIONS, new Recorder()));

      assertEquals(ExitStatus.DATA_LOCKED, failure.status());
      assertTrue(storage.incarnation() != 0);
    }
  }

  @Test
  void anotherServersFolderIsRefused() {
    var disk = new MemoryFiles();
    recover(disk);

    var failure =
        assertThrows(
            StorageFailure.class,
            () -> Storage.open(MemoryFiles.DIRECTORY, 4, OPTIONS.withDisk(disk), new Recorder()));

    assertEquals(ExitStatus.DATA_LOCKED, failure.status());
    assertTrue(failure.getMessage().contains("belongs to server 3, not to server 4"));
  }

  @Test
  void aFolderThatEverybodyMayWriteToIsRefused() throws IOException {
    var directory = Files.createDirectory(path.resolve("3"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

    var failure =
        assertThrows(
            StorageFailure.class, () -> Storage.open(directory, 3, OPTIONS, new Recorder()));

    assertEquals(ExitStatus.CONFIGURATION, failure.status());
  }

  @Test
  void aFileWhereTheFolderShouldBeIsRefused() throws IOException {
    var file = Files.createFile(path.resolve("data"));

    for (var directory : List.of(file, file.resolve("3"))) {
      var failure =
          assertThrows(
              StorageFailure.class, () -> Storage.open(directory, 3, OPTIONS, new Recorder()));

      assertEquals(ExitStatus.CONFIGURATION, failure.status());
      assertTrue(failure.getMessage().contains(directory.toString()), failure.getMessage());
    }
  }

  @Test
  void whatIsStoredIsForItsOwnerAlone() throws IOException {
    var directory = path.resolve("3");
    Storage.open(directory, 3, OPTIONS, new Recorder()).close();

    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
  }

  @Test
  void aThousandRunsLeaveNoThreadBehind() {
    var disk = new MemoryFiles();
    for (int i = 0; i < 1_000; i++) {
      recover(disk);
    }

    long left =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("raftkv-"))
            .count();
    assertTrue(left < 5, left + " threads");
  }

  @Test
  void aFileWhereAFolderShouldBeIsNamed() throws IOException {
    var file = Files.createFile(path.resolve("f"));

    var failure =
        assertThrows(
            StorageFailure.class,
            () -> Storage.open(file.resolve("b").resolve("3"), 3, OPTIONS, new Recorder()));

    assertEquals(ExitStatus.CONFIGURATION, failure.status());
    assertEquals(
        "data directory %s/b/3 cannot be used: %s is a file, not a folder; correct path, or let"
                .formatted(file, file)
            + " this user have it",
        failure.getMessage());
  }

  /** What a snapshot covers is in memory already: as much again in entries may be too much. */
  @Test
  void aStartKeepsNoEntriesInFrontOfItsSnapshot() throws Exception {
    var disk = new MemoryFiles();
    var states = new SomeStates(60);
    var recorder = new Recorder();
    try (var storage = open(disk, recorder)) {
      storage.write(1, List.of(new LogRecord.Vote(2, 3), new LogRecord.Joined(77)));
      storage.write(2, List.of(new LogRecord.Append(states.entries(0, 50))));
      storage.write(3, List.of(new LogRecord.TruncateSuffix(31)));
      storage.write(4, List.of(new LogRecord.Append(states.entries(30, 60))));
      recorder.awaitWritten(4);
      storage.snapshots().save(states.snapshot(40), states.store(40).freeze());
    }

    try (var storage = open(disk, new Recorder())) {
      assertEquals(states.entries(39, 60), storage.recovered().entries());
    }
  }
}
