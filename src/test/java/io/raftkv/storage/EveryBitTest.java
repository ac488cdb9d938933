package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.raftkv.base.ExitStatus;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * Every flipped bit and every length of a log file of 64 KiB. What must become of each is known
 * from where the batches were put, which {@link LaidOutLog} computes from docs/formats.md.
 *
 * <p>All 524,288 bits are tried with {@code -Draftkv.exhaustive=true}; else all bits of every
 * header, mark and gap, and of the rest one bit in {@value #STRIDE}.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class EveryBitTest {
  private static final boolean EXHAUSTIVE = Boolean.getBoolean("raftkv.exhaustive");
  private static final int STRIDE = 97;
  private static final long ALLOCATED_MAX = 8L * LaidOutLog.FILE_BYTES;
  private static final Pattern OFFSET = Pattern.compile("at byte (\\d+)");

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Map<LaidOutLog.Verdict, Integer> counts = new EnumMap<>(LaidOutLog.Verdict.class);

  @AfterEach
  void report(TestReporter reporter) {
    reporter.publishEntry("what became of the images", counts.toString());
  }

  @Test
  void aLogAtRestIsReadAsItWasOrNotAtAll() throws IOException {
    var log = new LaidOutLog(1, true);

    flipEveryBit(log);
    cutToEveryLength(log);

    assertEquals(0, counts.getOrDefault(LaidOutLog.Verdict.CUT, 0));
  }

  @Test
  void ofALogThatWasNotAtRestTheLastBatchMayBeCut() throws IOException {
    var log = new LaidOutLog(1, false);

    flipEveryBit(log);
    cutToEveryLength(log);

    assertTrue(counts.get(LaidOutLog.Verdict.CUT) > 100, counts + "");
  }

  @Test
  void anOlderFileIsReadAsItWasOrNotAtAll() throws IOException {
    var log = new LaidOutLog(3, false);

    flipEveryBit(log);
    cutToEveryLength(log);

    assertEquals(0, counts.getOrDefault(LaidOutLog.Verdict.CUT, 0));
  }

  private void flipEveryBit(LaidOutLog log) throws IOException {
    var bytes = log.firstFile();
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      if (EXHAUSTIVE || log.isSmall(bit / 8) || bit % STRIDE == 0) {
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        check(log, bytes, bit / 8, log.ofFlipAt(bit / 8), "bit " + bit);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
      }
    }
  }

  /** A file has its size before it is used, so that no crash can make it shorter. */
  private void cutToEveryLength(LaidOutLog log) throws IOException {
    var bytes = log.firstFile();
    for (int length = 0; length < bytes.length; length++) {
      var cut = Arrays.copyOf(bytes, length);
      check(log, cut, length, LaidOutLog.Verdict.DAMAGED, "cut to " + length);
    }
  }

  private void check(
      LaidOutLog log, byte[] bytes, int place, LaidOutLog.Verdict expected, String where)
      throws IOException {
    long before = threads.getCurrentThreadAllocatedBytes();
    var verdict = verdict(log, bytes, place, where);
    if (threads.getCurrentThreadAllocatedBytes() - before > log.files() * ALLOCATED_MAX) {
      checkAllocatesLittle(log, bytes, place, where);
    }
    assertEquals(expected, verdict, where);
    counts.merge(verdict, 1, Integer::sum);
  }

  /** Once more: the first time classes may have been loaded. */
  private void checkAllocatesLittle(LaidOutLog log, byte[] bytes, int place, String where)
      throws IOException {
    long before = threads.getCurrentThreadAllocatedBytes();
    verdict(log, bytes, place, where);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < log.files() * ALLOCATED_MAX, where + " allocates " + allocated);
  }

  private static LaidOutLog.Verdict verdict(LaidOutLog log, byte[] bytes, int place, String where)
      throws IOException {
    var disk = log.disk();
    disk.put(LaidOutLog.FIRST, bytes);
    try {
      var found = recover(log, disk);
      if (found.equals(log.state())) {
        return LaidOutLog.Verdict.INTACT;
      }
      assertTrue(found.equals(log.stateBeforeLastBatch()), () -> where + ": other content");
      return LaidOutLog.Verdict.CUT;
    } catch (StorageFailure failure) {
      assertEquals(ExitStatus.DAMAGED, failure.status(), where);
      checkMessage(log, failure.getMessage(), place, where);
      return LaidOutLog.Verdict.DAMAGED;
    }
  }

  private static PersistentState recover(LaidOutLog log, CrashDisk disk) throws IOException {
    var options = log.options().withDisk(disk);
    try (var directory = DataDirectory.open(CrashDisk.DIRECTORY, 3, options)) {
      var noSpace = new NoSpace(CrashDisk.DIRECTORY, options);
      return new Recovery(directory, Optional.empty(), disk, noSpace).run().state();
    }
  }

  /** One line names the file, and of a damaged batch where it begins. */
  private static void checkMessage(LaidOutLog log, String message, int place, String where) {
    assertEquals(1, message.lines().count(), where);
    assertTrue(message.contains(LaidOutLog.FIRST), () -> where + ": " + message);
    if (!message.contains("has format")) {
      var offset = OFFSET.matcher(message);
      assertTrue(offset.find(), () -> where + ": " + message);
      int named = Integer.parseInt(offset.group(1));
      assertTrue(log.startOfWhatIsAt(place) <= named && named <= place, () -> where + message);
    }
  }
}
