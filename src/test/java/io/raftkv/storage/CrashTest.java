package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server that dies at every single operation on its disk. What it had reported durable is found,
 * and beyond it no more than the begin of what it was writing; whoever looks twice finds the same.
 * With {@code -Draftkv.exhaustive=true} also every recovery is cut off at each of its operations,
 * else those of one crash point in {@value #STRIDE}.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class CrashTest {
  private static final boolean EXHAUSTIVE = Boolean.getBoolean("raftkv.exhaustive");
  private static final int STRIDE = 20;
  private static final int STEPS = 480;
  private static final int LIFE_AT = 20;
  private static final int NEWEST_AT = 36;

  private final long seed = Long.getLong("raftkv.seed", 20_260_730);
  private final SplittableRandom random = new SplittableRandom(seed);
  private final StillMachine machine = new StillMachine(seed);
  private final Script script = new Script(random, machine, operation -> checkAll());
  private final SplittableRandom chance = random.split();
  private long points;
  private long images;
  private long recoveriesCutOff;

  @Test
  void atWhateverOperationItDiesWhatWasReportedIsThere() throws IOException {
    script.run(STEPS);
    checkAll();

    assertTrue(points > 1_800, points + " operations");
    assertTrue(script.restarts() > 10, script.restarts() + " restarts");
    assertTrue(images > 2 * points, images + " states of the disk");
    assertTrue(recoveriesCutOff > points, recoveriesCutOff + " recoveries cut off");
    System.out.printf(
        "%d operations, %d restarts, %d states of the disk, %d recoveries cut off%n",
        points, script.restarts(), images, recoveriesCutOff);
  }

  private void checkAll() {
    points++;
    boolean everyWay = EXHAUSTIVE || points % STRIDE == 0;
    for (var image : script.disk().images(chance)) {
      images++;
      var where = "seed " + seed + ", operation " + script.operations() + ", " + image;
      check(image, everyWay, where);
    }
    checkKill("seed " + seed + ", operation " + script.operations() + ", killed");
  }

  private void check(CrashDisk image, boolean everyWay, String where) {
    var untouched = image.afterKill();
    var found = recover(image, where);
    assertTrue(script.possible().contains(found), () -> where + unexpected(found));
    var files = files(image);
    assertFound(found, image, where + ": again");
    assertSame(files, files(image), where);
    if (everyWay) {
      spoilSpare(untouched.afterKill(), found, where);
      cutOffRecovery(untouched, found, where);
      goOn(image, found, where);
    }
  }

  private void assertFound(PersistentState expected, CrashDisk disk, String where) {
    var found = recover(disk, where);
    assertTrue(
        expected.equals(found),
        () -> where + ": " + summary(found) + " after " + summary(expected));
  }

  private String unexpected(PersistentState found) {
    return ": found "
        + summary(found)
        + ", not one of "
        + script.possible().stream().map(CrashTest::summary).toList();
  }

  private static String summary(PersistentState state) {
    return "term %d, vote %d, %d entries"
        .formatted(state.term(), state.votedFor(), state.entries().size());
  }

  /** Opens and closes; what is found, and that the life is a new one. */
  private PersistentState recover(CrashDisk disk, String where) {
    try {
      var files = script.open(disk);
      files.closeLog();
      files.unlock();
      assertTrue(files.life().number() > script.life().number(), () -> where + ": a life again");
      return files.recovered();
    } catch (IOException | StorageFailure e) {
      throw new AssertionError(where, e);
    }
  }

  private static Map<String, byte[]> files(CrashDisk disk) {
    var files = new TreeMap<String, byte[]>();
    disk.list(CrashDisk.DIRECTORY).forEach(name -> files.put(name, disk.bytes(name)));
    files.computeIfPresent(DirectoryIdentity.FILE, (name, bytes) -> withoutLife(bytes));
    return files;
  }

  private static byte[] withoutLife(byte[] identity) {
    var same = Arrays.copyOf(identity, DirectoryIdentity.BYTES - 4);
    Arrays.fill(same, LIFE_AT, NEWEST_AT, (byte) 0);
    return same;
  }

  private static void assertSame(Map<String, byte[]> first, Map<String, byte[]> second, String at) {
    assertEquals(first.keySet(), second.keySet(), at);
    first.forEach((name, bytes) -> assertArrayEquals(bytes, second.get(name), at + ": " + name));
  }

  /** The spare file is filled by another thread: whatever it may hold makes no difference. */
  private void spoilSpare(CrashDisk image, PersistentState expected, String where) {
    var anything = new byte[chance.nextInt(5_000)];
    chance.nextBytes(anything);
    image.put(SegmentName.SPARE, anything);
    assertFound(expected, image, where + ", with a spare file that holds anything");
    goOn(image, expected, where);
  }

  /** Whatever a recovery has done when it dies, the next one finds the same. */
  private void cutOffRecovery(CrashDisk image, PersistentState expected, String where) {
    image.watch(
        operation -> {
          for (var left : image.images(chance)) {
            recoveriesCutOff++;
            var at = where + "; then in its recovery at a " + operation + ", " + left;
            assertFound(expected, left, at);
          }
        });
    recover(image, where);
  }

  /** A killed server leaves what was never forced; once it was found, no power cut may take it. */
  private void checkKill(String where) {
    var killed = script.disk().afterKill();
    var found = recover(killed, where);
    assertTrue(script.possible().contains(found), () -> where + unexpected(found));
    for (var left : List.of(killed.image(chance), killed.image(chance))) {
      assertFound(found, left, where + ", then " + left);
    }
  }

  /** What is written behind a recovery is found behind what was recovered. */
  private void goOn(CrashDisk image, PersistentState found, String where) {
    try {
      var expected = new ArrayList<>(found.entries());
      var record = Recorder.append(expected.size() + 1L, found.term(), 50);
      var files = script.open(image);
      files.gather(List.of(record));
      files.flush();
      expected.addAll(((LogRecord.Append) record).entries());
      var again = recover(image.image(chance), where);
      assertTrue(expected.equals(again.entries()), () -> where + ": written behind it, not found");
    } catch (IOException e) {
      throw new AssertionError(where, e);
    }
  }
}
