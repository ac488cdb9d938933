package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Request;
import io.raftkv.kv.RequestId;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What went bad on the disk is found before it is needed, and nothing else is. */
class ScrubTest {
  private static final int SERVER = 3;
  private static final int STEP_BYTES = 1 << 17;
  private static final String FIRST = SegmentName.of(1);
  private static final String SNAPSHOT = SnapshotName.of(40);
  private static final Pattern OFFSET = Pattern.compile("at byte (\\d+)");

  private final MemoryFiles disk = new MemoryFiles();
  private final SomeStates states = new SomeStates(80);

  private static ScrubPace pace(int stepBytes) {
    return new ScrubPace(1, 1, 1, stepBytes);
  }

  private static StorageOptions options(Disk disk, int stepBytes) {
    return new StorageOptions(1 << 16, 1 << 20, disk, new StillMachine(9))
        .withScrubPace(pace(stepBytes));
  }

  private static Scrub scrub(Path directory, long incarnation, StorageOptions options) {
    return new Scrub(directory, incarnation, new SnapshotFiles(directory, options), options);
  }

  private Scrub scrub(long incarnation, int stepBytes) {
    return scrub(MemoryFiles.DIRECTORY, incarnation, options(disk, stepBytes));
  }

  /** Reads on to the end of a pass, and returns what was found in it. */
  private static List<Scrub.Damage> pass(Scrub scrub) throws IOException {
    var found = new ArrayList<Scrub.Damage>();
    var step = scrub.step();
    while (!step.isPassDone()) {
      step.found().ifPresent(found::add);
      step = scrub.step();
    }
    step.found().ifPresent(found::add);
    return found;
  }

  /** Writes a log of some files, the second of which holds one large batch; returns whose it is. */
  private static long writeLog(Path directory, StorageOptions options) throws IOException {
    var log = LogFiles.open(directory, SERVER, options);
    for (int index = 1; index <= 12; index++) {
      log.gather(List.of(Recorder.append(index, 1, index == 4 ? 400_000 : 21_000)));
      log.flush();
    }
    log.closeLog();
    log.unlock();
    return log.incarnation();
  }

  /** Saves two snapshots of a few keys, and one of many blocks. */
  private void saveSnapshots(Path directory, StorageOptions options) throws IOException {
    var files = new SnapshotFiles(directory, options);
    files.save(states.snapshot(40), states.store(40).freeze());
    var store = new KvStore();
    for (int index = 1; index <= 8; index++) {
      var set = new Request.Set(Bytes.utf8("k" + index), 0, Bytes.wrap(new byte[50_000]));
      var id = new RequestId(SERVER, new Life(1, 1), index);
      store.apply(index, index, new Proposal(id, Optional.of(set)).encode());
    }
    store.advance(60, 60);
    var snapshot = new Snapshot(new SnapshotId(60, 1, 60), SomeStates.CONFIGURATION);
    files.save(snapshot, store.freeze());
  }

  @Test
  void anIntactFolderIsReadToItsEndAndNotTouched(@TempDir Path folder) throws IOException {
    var options = options(new RealDisk(), STEP_BYTES);
    long incarnation = writeLog(folder, options);
    saveSnapshots(folder, options);
    var before = contents(folder);
    assertTrue(before.containsKey(SegmentName.of(4)), before.keySet() + "");

    var scrub = scrub(folder, incarnation, options);

    assertEquals(List.of(), pass(scrub));
    assertEquals(List.of(), pass(scrub));
    assertEquals(before, contents(folder));
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    var contents = new TreeMap<String, String>();
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        contents.put(
            file.getFileName().toString(),
            Files.getLastModifiedTime(file) + " " + Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  @Test
  void noStepReadsMuchMoreThanItsShare() throws IOException {
    long incarnation = writeLog(MemoryFiles.DIRECTORY, options(disk, STEP_BYTES));
    saveSnapshots(MemoryFiles.DIRECTORY, options(disk, STEP_BYTES));
    var scrub = scrub(incarnation, STEP_BYTES);
    long start = disk.bytesRead();
    boolean isDone = false;
    while (!isDone) {
      long before = disk.bytesRead();

      isDone = scrub.step().isPassDone();

      long read = disk.bytesRead() - before;
      assertTrue(read <= STEP_BYTES + 2 * SegmentCheck.WINDOW_BYTES, read + " bytes in a step");
    }
    long all = disk.bytesRead() - start;
    assertTrue(all > bytesAtRest(), all + " bytes in a pass over " + bytesAtRest());
  }

  private long bytesAtRest() {
    var segments = disk.segments();
    var newest = segments.get(segments.size() - 1);
    return disk.list(MemoryFiles.DIRECTORY).stream()
        .filter(name -> SnapshotName.isSnapshot(name) || SegmentName.isSegment(name))
        .filter(name -> !name.equals(newest))
        .mapToLong(name -> disk.bytes(name).length)
        .sum();
  }

  /** As a start would judge it; bytes of a gap between two batches mean nothing. */
  @Test
  void aFlippedBitOfALogFileThatIsNotTheNewestIsFoundAndTheFileStays() throws IOException {
    var log = new LaidOutLog(3, false);
    var scrub = scrub(CrashDisk.DIRECTORY, incarnation(log), scrubbed(log));
    int found = 0;
    var bytes = log.firstFile();
    for (int offset = 0; offset < bytes.length; offset++) {
      if (log.isSmall(offset) || offset % 97 == 0 || offset == bytes.length - 1) {
        bytes[offset] ^= (byte) (1 << offset % 8);
        log.disk().put(LaidOutLog.FIRST, bytes);

        found += check(log, pass(scrub), offset);

        assertArrayEquals(bytes, log.disk().bytes(LaidOutLog.FIRST));
        bytes[offset] ^= (byte) (1 << offset % 8);
      }
    }
    assertTrue(found > 1_000, found + " were found");
  }

  private static StorageOptions scrubbed(LaidOutLog log) {
    return log.options().withScrubPace(pace(STEP_BYTES));
  }

  private static long incarnation(LaidOutLog log) {
    return ByteBuffer.wrap(log.firstFile()).getLong(8);
  }

  private static int check(LaidOutLog log, List<Scrub.Damage> found, int offset) {
    boolean isBad = log.ofFlipAt(offset) == LaidOutLog.Verdict.DAMAGED;
    assertEquals(isBad ? 1 : 0, found.size(), () -> "byte " + offset + ": " + found);
    for (var damage : found) {
      assertTrue(damage.isLog() && damage.what().contains(LaidOutLog.FIRST), damage + "");
      int named = offsetIn(damage);
      assertTrue(log.startOfWhatIsAt(offset) <= named && named <= offset, offset + ": " + damage);
    }
    return found.size();
  }

  private static int offsetIn(Scrub.Damage damage) {
    var matcher = OFFSET.matcher(damage.what());
    assertTrue(matcher.find(), damage.what());
    return Integer.parseInt(matcher.group(1));
  }

  @Test
  void aLogFileOfAnyOtherLengthIsFound() throws IOException {
    var log = new LaidOutLog(3, false);
    var scrub = scrub(CrashDisk.DIRECTORY, incarnation(log), scrubbed(log));
    for (int length = 0; length < LaidOutLog.FILE_BYTES; length += length < 200 ? 1 : 997) {
      log.disk().put(LaidOutLog.FIRST, Arrays.copyOf(log.firstFile(), length));

      assertEquals(1, pass(scrub).size(), "cut to " + length);
    }
  }

  /** Then the file is intact in itself: only the next one knows that there was more. */
  @Test
  void aLogFileWhoseLastBatchBecameZerosIsFound() throws IOException {
    var log = new LaidOutLog(3, false);
    var bytes = log.firstFile().clone();
    int last = bytes.length - 8;
    while (!Bytes.copyOf(bytes, last, 4).equals(Bytes.utf8("RKBT"))) {
      last -= 8;
    }
    Arrays.fill(bytes, last, bytes.length, (byte) 0);
    log.disk().put(LaidOutLog.FIRST, bytes);

    var found = pass(scrub(CrashDisk.DIRECTORY, incarnation(log), scrubbed(log)));

    assertEquals(1, found.size());
    assertEquals(last, offsetIn(found.get(0)));
  }

  @Test
  void aLogFileInThePlaceOfAnotherIsFound() throws IOException {
    var log = new LaidOutLog(3, false);
    log.disk().put(LaidOutLog.FIRST, log.disk().bytes(SegmentName.of(2)));

    var found = pass(scrub(CrashDisk.DIRECTORY, incarnation(log), scrubbed(log)));

    assertEquals(1, found.size());
    assertTrue(found.get(0).what().contains("this was file 2"), found + "");
  }

  /** What is being written may look like anything. */
  @Test
  void theNewestLogFileIsNotRead() throws IOException {
    var log = new LaidOutLog(1, false);
    log.disk().put(LaidOutLog.FIRST, new byte[100]);

    assertEquals(List.of(), pass(scrub(CrashDisk.DIRECTORY, 1, scrubbed(log))));
  }

  @Test
  void aFlippedBitOfASnapshotIsFoundAndTheFileIsSetAside() throws IOException {
    saveSnapshots(MemoryFiles.DIRECTORY, options(disk, STEP_BYTES));
    var scrub = scrub(1, STEP_BYTES);
    var intact = disk.bytes(SNAPSHOT);
    for (int offset = 0; offset < intact.length; offset++) {
      var flipped = intact.clone();
      flipped[offset] ^= (byte) (1 << offset % 8);
      disk.put(SNAPSHOT, flipped);

      var found = pass(scrub);

      assertEquals(1, found.size(), "byte " + offset);
      assertFalse(found.get(0).isLog());
      assertEquals(MemoryFiles.DIRECTORY.resolve(SNAPSHOT), found.get(0).file());
      assertFalse(disk.exists(MemoryFiles.DIRECTORY.resolve(SNAPSHOT)));
      assertArrayEquals(flipped, disk.bytes(SNAPSHOT + ".corrupt"));
      disk.remove(SNAPSHOT + ".corrupt");
    }
  }

  @Test
  void aSnapshotUnderAnotherNameIsFound() throws IOException {
    saveSnapshots(MemoryFiles.DIRECTORY, options(disk, STEP_BYTES));
    disk.put(SnapshotName.of(80), disk.bytes(SNAPSHOT));

    assertEquals(1, pass(scrub(1, STEP_BYTES)).size());
    assertTrue(disk.list(MemoryFiles.DIRECTORY).contains(SnapshotName.of(80) + ".corrupt"));
  }

  /** Compaction deletes files, and other workers set snapshots aside, whenever they want. */
  @Test
  void aFileThatVanishesIsNoDamageAndIsNotMadeAgain() throws IOException {
    for (var name : List.of(FIRST, SNAPSHOT)) {
      for (int steps = 0; steps < 6; steps++) {
        long incarnation = writeAll();
        damage(name);
        var scrub = scrub(incarnation, 1);
        var found = new ArrayList<Scrub.Damage>();
        for (int i = 0; i < steps && found.isEmpty(); i++) {
          scrub.step().found().ifPresent(found::add);
        }
        if (found.isEmpty()) {
          disk.remove(name);

          assertEquals(List.of(), pass(scrub), name + " after " + steps);
          assertFalse(disk.list(MemoryFiles.DIRECTORY).contains(name));
        }
      }
    }
  }

  private long writeAll() throws IOException {
    disk.list(MemoryFiles.DIRECTORY).forEach(disk::remove);
    long incarnation = writeLog(MemoryFiles.DIRECTORY, options(disk, STEP_BYTES));
    saveSnapshots(MemoryFiles.DIRECTORY, options(disk, STEP_BYTES));
    return incarnation;
  }

  private void damage(String name) {
    var bytes = disk.bytes(name);
    bytes[bytes.length / 2] ^= 1;
    disk.put(name, bytes);
  }

  @Test
  void aReadThatFailsNowAndThenIsNoDamage() throws IOException {
    var scrub = scrub(writeAll(), 1);
    var before = disk.list(MemoryFiles.DIRECTORY);
    int failures = 0;
    boolean isDone = false;
    while (!isDone) {
      disk.failReads(Optional.of(new IOException("Input/output error")));
      var failing = scrub.step();
      disk.failReads(Optional.empty());
      var step = scrub.step();

      assertEquals(Optional.empty(), failing.found());
      assertEquals(Optional.empty(), step.found());
      failures++;
      isDone = failing.isPassDone() || step.isPassDone();
    }
    assertTrue(failures > 3, failures + " failures");
    assertEquals(before, disk.list(MemoryFiles.DIRECTORY));
  }

  @Test
  void whatCannotBeReadTwiceIsDamage() throws IOException {
    long incarnation = writeAll();
    int sealed = disk.segments().size() - 1;
    disk.failReads(Optional.of(new IOException("Input/output error")));

    var found = pass(scrub(incarnation, 1));

    assertEquals(sealed, found.stream().filter(Scrub.Damage::isLog).count());
    assertEquals(sealed + 2, found.size());
    assertTrue(found.stream().allMatch(damage -> damage.what().contains("Input/output error")));
    assertTrue(disk.list(MemoryFiles.DIRECTORY).contains(SNAPSHOT + ".corrupt"));
  }

  @Test
  void whatStaysDamagedIsFoundInEachPass() throws IOException {
    long incarnation = writeAll();
    damage(FIRST);
    var scrub = scrub(incarnation, STEP_BYTES);

    var first = pass(scrub);

    assertEquals(1, first.size());
    assertEquals(first, pass(scrub));
  }

  @Test
  void nothingIsReadOnceItIsClosed() throws IOException {
    long incarnation = writeAll();
    damage(FIRST);
    var scrub = scrub(incarnation, 1);
    scrub.step();

    scrub.close();

    long before = disk.bytesRead();
    assertEquals(List.of(), pass(scrub));
    assertEquals(before, disk.bytesRead());
  }

  @Test
  void aPaceWithoutATimeOrASizeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new ScrubPace(0, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new ScrubPace(1, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new ScrubPace(1, 1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new ScrubPace(1, 1, 1, 0));
  }
}
