package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Effect;
import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose log has lost its end begins as another one, in the same cluster. */
class LostLogTest {
  private static final StorageOptions OPTIONS = StorageOptions.DEFAULTS.withSegmentBytes(1 << 13);
  private static final int CLUSTER = 77;
  private static final Effect.GivenUp OLDER_COPY =
      new Effect.GivenUp(CLUSTER, Effect.GivenUp.Reason.OLDER_COPY, 999);

  @TempDir Path parent;

  private Path folder() {
    return parent.resolve("3");
  }

  /** Writes a log of several files; returns the incarnation. */
  private long write(boolean joined) {
    var states = new SomeStates(200);
    var recorder = new Recorder();
    try (var storage = Storage.open(folder(), 3, OPTIONS, recorder)) {
      storage.write(1, List.of(new LogRecord.Vote(4, 3)));
      if (joined) {
        storage.write(2, List.of(new LogRecord.Joined(CLUSTER)));
      }
      for (int from = 0; from < 200; from += 20) {
        storage.write(3 + from, List.of(new LogRecord.Append(states.entries(from, from + 20))));
        recorder.awaitWritten(3 + from);
      }
      return storage.incarnation();
    }
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(folder())) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private Path newest() throws IOException {
    var logs = files().stream().filter(SegmentName::isSegment).toList();
    return folder().resolve(logs.get(logs.size() - 1));
  }

  /** It knows its cluster and nothing else, and is somebody else now. */
  private void beginsAnew(long before) throws IOException {
    try (var storage = Storage.open(folder(), 3, OPTIONS, new Recorder())) {
      assertNotEquals(before, storage.incarnation());
      assertEquals(new PersistentState(0, -1, CLUSTER, List.of()), storage.recovered());
    }
    var marker = "lost-%016x".formatted(before);
    assertTrue(files().contains(marker), files().toString());
    assertTrue(files().contains("log-0000000000000001." + marker), "nothing is deleted");
    assertTrue(files().contains("identity." + marker), files().toString());
    try (var storage = Storage.open(folder(), 3, OPTIONS, new Recorder())) {
      assertEquals(CLUSTER, storage.recovered().clusterId(), "and it stays so");
    }
  }

  @Test
  void theNewestFileIsMissing() throws IOException {
    long before = write(true);
    Files.delete(newest());

    beginsAnew(before);
  }

  @Test
  void theNewestFileIsCutShort() throws IOException {
    long before = write(true);
    var bytes = Files.readAllBytes(newest());
    Files.write(newest(), Arrays.copyOf(bytes, bytes.length / 2));

    beginsAnew(before);
  }

  @Test
  void theNewestFileDoesNotBeginAsItShould() throws IOException {
    long before = write(true);
    var bytes = Files.readAllBytes(newest());
    Arrays.fill(bytes, (byte) 0);
    Files.write(newest(), bytes);

    beginsAnew(before);
  }

  /** As a server leaves it that dies while it sets its files aside. */
  @Test
  void settingAsideGoesOnWhereItWasCutOff() throws IOException {
    long before = write(true);
    Files.delete(newest());
    var identity = Files.readAllBytes(folder().resolve(DirectoryIdentity.FILE));
    try (var storage = Storage.open(folder(), 3, OPTIONS, new Recorder())) {
      assertNotEquals(before, storage.incarnation());
    }
    for (var name : files()) {
      if (SegmentName.isSegment(name)) {
        Files.delete(folder().resolve(name));
      }
    }
    Files.write(folder().resolve(DirectoryIdentity.FILE), identity);

    beginsAnew(before);
  }

  /** The second loss was being noted when the server died: the first note still says it all. */
  @Test
  void anUnfinishedNoteOfASecondLossIsPassedOver() throws IOException {
    for (int unfinished = 0; unfinished < 12; unfinished++) {
      long before = write(true);
      Files.delete(newest());
      beginsAnew(before);
      long second;
      try (var storage = Storage.open(folder(), 3, OPTIONS, new Recorder())) {
        second = storage.incarnation();
      }
      Files.write(folder().resolve("lost-%016x".formatted(second)), new byte[unfinished]);
      Files.delete(newest());

      try (var storage = Storage.open(folder(), 3, OPTIONS, new Recorder())) {
        assertEquals(CLUSTER, storage.recovered().clusterId());
        assertNotEquals(second, storage.incarnation());
      }
      for (var name : files()) {
        Files.delete(folder().resolve(name));
      }
    }
  }

  /** Nobody else has what it had: what becomes of it is for somebody to decide. */
  @Test
  void theOnlyVoterOfAClusterStopsInsteadAndKeepsItsFiles() throws IOException {
    writeAlone();
    Files.delete(newest());
    var logs = files().stream().filter(SegmentName::isSegment).toList();

    var failure =
        assertThrows(
            StorageFailure.class, () -> Storage.open(folder(), 3, OPTIONS, new Recorder()));

    assertEquals(ExitStatus.DAMAGED, failure.status());
    assertTrue(files().containsAll(logs), files().toString());
  }

  /** Its cluster is not formed yet: nobody else has the state. */
  @Test
  void aRestoredServerStopsInsteadAndKeepsItsFiles() throws IOException {
    var states = new SomeStates(50);
    var disk = new RealDisk();
    var loaded = new SnapshotFiles.Loaded(states.snapshot(50), states.store(50), 0);
    BackupFile.restore(loaded, folder(), disk);
    Storage.open(folder(), 3, OPTIONS, new Recorder()).close();
    Files.delete(newest());

    var failure =
        assertThrows(
            StorageFailure.class, () -> Storage.open(folder(), 3, OPTIONS, new Recorder()));

    assertEquals(ExitStatus.DAMAGED, failure.status());
    assertTrue(files().contains(SnapshotName.of(50)), files().toString());
  }

  private void writeAlone() {
    var alone = new Configuration(CLUSTER, List.of(new Configuration.Seat(3, 9)));
    var recorder = new Recorder();
    try (var storage = Storage.open(folder(), 3, OPTIONS, recorder)) {
      var first = new Entry(1, 1, 1, Entry.Kind.CONFIGURATION, alone.encode());
      storage.write(1, List.of(new LogRecord.Append(List.of(first))));
      storage.write(2, List.of(new LogRecord.Joined(CLUSTER)));
      for (int index = 2; index < 20; index++) {
        storage.write(1 + index, List.of(Recorder.append(index, 1, 2_000)));
        recorder.awaitWritten(1 + index);
      }
    }
  }

  /** What stands behind a damaged header may be all that is left of what others rely on. */
  @Test
  void aDamagedHeaderBeforeIntactBatchesStopsTheServer() throws IOException {
    write(true);
    var bytes = Files.readAllBytes(newest());
    bytes[40] ^= 1;
    Files.write(newest(), bytes);

    var failure =
        assertThrows(
            StorageFailure.class, () -> Storage.open(folder(), 3, OPTIONS, new Recorder()));
    assertEquals(ExitStatus.DAMAGED, failure.status());
  }

  /** What tells a server that it may form no cluster must be read, or nothing. */
  @Test
  void aNoteOfTheClusterThatIsDamagedStopsTheServer() throws IOException {
    long before = write(true);
    Files.delete(newest());
    beginsAnew(before);
    for (var name : files()) {
      if (SegmentName.isSegment(name) || name.equals(DirectoryIdentity.FILE)) {
        Files.delete(folder().resolve(name));
      }
    }
    var marker = folder().resolve("lost-%016x".formatted(before));
    var bytes = Files.readAllBytes(marker);
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      var flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(marker, flipped);
      assertThrows(StorageFailure.class, () -> Storage.open(folder(), 3, OPTIONS, new Recorder()));
    }
    Files.write(marker, Arrays.copyOf(bytes, bytes.length - 1));
    assertThrows(StorageFailure.class, () -> Storage.open(folder(), 3, OPTIONS, new Recorder()));
  }

  @Test
  void whatWasSetAsideIsShownAsSuch() throws IOException {
    long before = write(true);
    Files.delete(newest());
    beginsAnew(before);

    var report = Inspection.of(folder());

    assertEquals(ExitStatus.STOPPED, report.status(), report.toString());
    assertTrue(report.lines().stream().anyMatch(line -> line.contains("  set aside: ")));
  }

  /** Before a start sets it aside: what one would do is said, and no other remedy. */
  @Test
  void ofALostEndAndOfWhatWasGivenUpItIsShownWhatAStartWouldDo() throws IOException {
    write(true);
    Files.delete(newest());
    var lost = Inspection.of(folder());
    try (var storage = Storage.open(folder(), 3, OPTIONS, new Recorder())) {
      storage.giveUp(OLDER_COPY);
    }
    var givenUp = Inspection.of(folder());

    for (var report : List.of(lost, givenUp)) {
      var start = report.lines().get(report.lines().size() - 1);
      assertEquals(ExitStatus.DAMAGED, report.status());
      assertTrue(start.endsWith("join cluster 4d as a new server"), start);
      assertFalse(start.contains("restore"), start);
    }
  }

  @Test
  void whereNothingSaysWhichClusterItWasTheServerStops() throws IOException {
    write(false);
    Files.delete(newest());

    var failure =
        assertThrows(
            StorageFailure.class, () -> Storage.open(folder(), 3, OPTIONS, new Recorder()));
    assertEquals(ExitStatus.DAMAGED, failure.status());
  }

  /** Something intact stands behind the damage: that may be all that others rely on. */
  @Test
  void damageInTheMiddleStillStopsTheServer() throws IOException {
    write(true);
    var first = folder().resolve(SegmentName.of(1));
    var bytes = Files.readAllBytes(first);
    bytes[200] ^= 1;
    Files.write(first, bytes);

    assertThrows(StorageFailure.class, () -> Storage.open(folder(), 3, OPTIONS, new Recorder()));
  }

  /** The disk is an older copy, which only others can know. */
  @Test
  void whoeverGivesUpWhoItWasIsSomebodyElseAtTheNextStart() throws IOException {
    long before = write(true);
    var recorder = new Recorder();
    try (var storage = Storage.open(folder(), 3, OPTIONS, recorder)) {
      storage.giveUp(OLDER_COPY);
      recorder.awaitFailure();
    }
    var failure = recorder.failures().get(0);
    assertEquals(ExitStatus.DAMAGED, failure.status());
    assertTrue(failure.getMessage().contains("entry 999"), failure.getMessage());

    beginsAnew(before);
  }

  /** The note is whole or says nothing: then the server runs on, and is told again. */
  @Test
  void anUnfinishedNoteThatItGaveUpChangesNothing() throws IOException {
    long before = write(true);
    for (int bytes = 0; bytes < 12; bytes++) {
      Files.write(folder().resolve("lost-%016x".formatted(before)), new byte[bytes]);

      try (var storage = Storage.open(folder(), 3, OPTIONS, new Recorder())) {
        assertEquals(before, storage.incarnation());
        assertEquals(200, storage.recovered().entries().size());
      }
    }
  }
}
