package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.raftkv.base.ExitStatus;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A disk that fails at the first, second, … of its writes and forces, while a server starts, writes
 * and changes files: nothing that may be lost is ever reported, and a full disk costs only time.
 */
class DiskErrorTest {
  private static final int STEPS = 150;
  private static final int FAILURES = 200;
  private static final int RUNS = 3;

  private final SplittableRandom random = new SplittableRandom(14);
  private final List<List<LogRecord>> script = new ArrayList<>();
  private CrashDisk disk = new CrashDisk();
  private Recorder recorder = new Recorder();
  private int failuresLeft;
  private long writtenBeforeFailure;

  DiskErrorTest() {
    var records = new RandomRecords(new SplittableRandom(13));
    for (int step = 0; step < STEPS; step++) {
      script.add(records.next());
    }
  }

  /** The full disk is said once each time, which here is a thousand times. */
  @BeforeAll
  static void silence() {
    logger().setLevel(Level.OFF);
  }

  @AfterAll
  static void speak() {
    logger().setLevel(null);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(NoSpace.class);
  }

  /** A new disk, whose operations of one kind fail from the given one on, so many times. */
  private void failOnNewDisk(CrashDisk.Operation kind, int from, int times, String message) {
    var seen = new AtomicInteger();
    failuresLeft = times;
    disk = new CrashDisk();
    disk.watch(
        operation -> {
          if (operation == kind && seen.incrementAndGet() >= from && failuresLeft > 0) {
            failuresLeft--;
            writtenBeforeFailure = recorder.written();
            throw new IOException(message);
          }
        });
  }

  private static StorageOptions options(CrashDisk disk) {
    return new StorageOptions(1 << 12, 1 << 20, disk, new StillMachine(15));
  }

  @Test
  void nothingIsReportedAfterAForceThatFails() {
    for (int at = 1; at <= FAILURES; at++) {
      failOnNewDisk(CrashDisk.Operation.FORCE, at, 1, "Input/output error");
      checkThatItStops("force " + at);
    }
  }

  @Test
  void aForceThatFindsNoRoomIsNotTriedAgain() {
    for (int at = 1; at <= FAILURES; at++) {
      failOnNewDisk(CrashDisk.Operation.FORCE, at, 1, "No space left on device");
      checkThatItStops("force " + at);
    }
  }

  @Test
  void nothingIsReportedAfterAWriteThatFails() {
    for (int at = 1; at <= FAILURES; at++) {
      failOnNewDisk(CrashDisk.Operation.WRITE, at, 1, "Input/output error");
      checkThatItStops("write " + at);
    }
  }

  /** What a failed disk still shows may be gone after a power cut, unless it was written again. */
  private void checkThatItStops(String where) {
    recorder = new Recorder();
    int reported = runScript();

    assertEquals(0, failuresLeft, where + " is met");
    assertEquals(1, recorder.failures().size(), where);
    assertEquals(ExitStatus.DISK_ERROR, recorder.failures().get(0).status(), where);
    assertEquals(writtenBeforeFailure, reported, where);
    for (var image : disk.images(random)) {
      checkReported(reported, recover(image), where + ", " + image);
    }
    var restarted = disk.afterKill();
    var found = recover(restarted);
    checkReported(reported, found, where + ", started again");
    for (var image : restarted.images(random)) {
      assertTrue(found.equals(recover(image)), where + ", started again, then " + image);
    }
  }

  /** Runs until the script ends or the disk fails; how many steps were reported. */
  private int runScript() {
    try {
      for (int run = 0; run < RUNS && recorder.failures().isEmpty(); run++) {
        runPart(STEPS * run / RUNS, STEPS * (run + 1) / RUNS);
      }
    } catch (StorageFailure failure) {
      recorder.failed(failure);
    }
    return (int) recorder.written();
  }

  private void runPart(int from, int to) {
    try (var storage = Storage.open(CrashDisk.DIRECTORY, 3, options(disk), recorder)) {
      for (int step = from; step < to && recorder.failures().isEmpty(); step++) {
        storage.write(step + 1, script.get(step));
        recorder.awaitWritten(step + 1);
      }
    }
  }

  /** All that was reported, or with it the one write that was under way. */
  private void checkReported(int reported, PersistentState found, String where) {
    assertTrue(
        found.equals(stateAfter(reported)) || found.equals(stateAfter(reported + 1)),
        () -> where + ": " + reported + " steps were reported, other entries are found");
  }

  private PersistentState stateAfter(int steps) {
    var fold = new PersistentState.Fold();
    script
        .subList(0, Math.min(steps, STEPS))
        .forEach(step -> step.forEach(record -> record.dispatch(fold)));
    return fold.state();
  }

  private static PersistentState recover(CrashDisk disk) {
    disk.watch(operation -> {});
    var files = LogFiles.open(CrashDisk.DIRECTORY, 3, options(disk));
    try {
      files.closeLog();
      files.unlock();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return files.recovered();
  }

  @Test
  void aFullDiskIsWaitedOutAtEveryWrite() throws IOException {
    int at = 0;
    do {
      at++;
      failOnNewDisk(CrashDisk.Operation.WRITE, at, 1 + at % 3, "No space left on device");
      for (int run = 0; run < RUNS; run++) {
        writePart(STEPS * run / RUNS, STEPS * (run + 1) / RUNS);
      }
      assertTrue(stateAfter(STEPS).equals(recover(disk)), "write " + at);
    } while (failuresLeft == 0);

    assertTrue(at > FAILURES, at + " writes");
  }

  private void writePart(int from, int to) throws IOException {
    var files = LogFiles.open(CrashDisk.DIRECTORY, 3, options(disk));
    for (var records : script.subList(from, to)) {
      files.gather(records);
      files.flush();
      files.mark();
    }
    files.closeLog();
    files.unlock();
  }

  @Test
  void aFileThatReadsShorterThanItIsStopsTheStart() throws IOException {
    writePart(0, 10);
    int fileBytes = disk.bytes(SegmentName.of(1)).length;
    for (int bytes = 0; bytes < fileBytes; bytes += 100) {
      var shorter = disk.afterKill();
      shorter.endReadsOfLogAt(bytes);

      var failure = assertThrows(StorageFailure.class, () -> recover(shorter));

      assertEquals(ExitStatus.DISK_ERROR, failure.status());
      assertTrue(failure.getMessage().contains("can be read"), failure.getMessage());
    }
  }
}
