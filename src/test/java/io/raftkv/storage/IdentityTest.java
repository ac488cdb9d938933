package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whose data these are, and which life it is: known for sure, or the server does not start. */
class IdentityTest {
  private static final int SERVER = 3;

  private final CrashDisk disk = new CrashDisk();
  private final StillMachine machine = new StillMachine(8);

  private LogFiles open(CrashDisk other) {
    return LogFiles.open(
        CrashDisk.DIRECTORY, SERVER, new StorageOptions(1 << 12, 1 << 20, other, machine));
  }

  private LogFiles openAndLeave(CrashDisk other) throws IOException {
    var files = open(other);
    files.closeLog();
    files.unlock();
    return files;
  }

  /** A folder with some entries. */
  private byte[] identityOfAUsedFolder() throws IOException {
    var files = open(disk);
    files.gather(List.of(Recorder.append(1, 1, 40), Recorder.append(2, 1, 40)));
    files.flush();
    files.unlock();
    return disk.bytes(DirectoryIdentity.FILE);
  }

  private void assertRefused(byte[] identity, String what) {
    var other = disk.afterKill();
    other.put(DirectoryIdentity.FILE, identity);
    var log = other.bytes(SegmentName.of(1));

    var failure = assertThrows(StorageFailure.class, () -> open(other), what);

    assertEquals(ExitStatus.DAMAGED, failure.status(), what);
    assertTrue(failure.getMessage().contains("data/identity"), failure.getMessage());
    assertTrue(Arrays.equals(identity, other.bytes(DirectoryIdentity.FILE)), what);
    assertTrue(Arrays.equals(log, other.bytes(SegmentName.of(1))), what);
  }

  @Test
  void everyFlippedBitIsRefused() throws IOException {
    var identity = identityOfAUsedFolder();

    for (int bit = 0; bit < 8 * identity.length; bit++) {
      var flipped = identity.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertRefused(flipped, "bit " + bit);
    }
  }

  @Test
  void everyOtherLengthIsRefused() throws IOException {
    var identity = identityOfAUsedFolder();

    for (int length = 0; length <= 2 * identity.length; length++) {
      if (length != identity.length) {
        assertRefused(Arrays.copyOf(identity, length), length + " bytes");
      }
    }
  }

  @Test
  void aLogWithoutIdentityIsRefused() throws IOException {
    identityOfAUsedFolder();
    disk.remove(DirectoryIdentity.FILE);

    var failure = assertThrows(StorageFailure.class, () -> open(disk));

    assertEquals(ExitStatus.DAMAGED, failure.status());
  }

  @Test
  void aFileThatADeadServerDidNotNoteIsMissedWhenItGetsLost() throws IOException {
    int missed = 0;
    for (int last = 0; last < 60; last++) {
      var left = killedInItsSecondFile(last).afterKill();
      var files = open(left);
      files.gather(List.of(new LogRecord.Vote(9, 2)));
      files.flush();
      files.unlock();
      var segments = left.segments();
      left.remove(segments.get(segments.size() - 1));

      var failure = assertThrows(StorageFailure.class, () -> open(left), "operation " + last);

      assertEquals(ExitStatus.DAMAGED, failure.status());
      assertTrue(failure.getMessage().contains("missing"), failure.getMessage());
      missed += segments.size() - 1;
    }
    assertTrue(missed > 10, missed + " second files");
  }

  private CrashDisk killedInItsSecondFile(int last) {
    var running = new CrashDisk();
    var left = dieAt(last, running);
    try {
      var files = open(running);
      for (int i = 1; i <= 6; i++) {
        files.gather(List.of(Recorder.append(i, 1, 1_000)));
        files.flush();
      }
    } catch (IOException | StorageFailure dead) {
      assertTrue(left.get() < 0, dead.toString());
    }
    return running;
  }

  /** The clock stands still, so that only what is stored keeps lives apart. */
  @Test
  void noLifeIsUsedTwiceWhereverAServerIsCutOff() throws IOException {
    var random = new SplittableRandom(12);
    var running = disk;
    long newest = 0;
    for (int round = 0; round < 400; round++) {
      newest = liveUntilOperation(round % 20, running, newest);
      for (var left : running.images(random)) {
        var life = openAndLeave(left).life();
        assertTrue(life.number() > newest, "round " + round + ", " + left);
      }
      running = running.image(random);
    }
    assertTrue(newest > StillMachine.WALL_MILLIS + 300, newest + "");
  }

  /** Starts and takes up one more life; returns the newest that was said to be durable. */
  private long liveUntilOperation(int last, CrashDisk running, long newestBefore) {
    var left = dieAt(last, running);
    long newest = newestBefore;
    try {
      var files = open(running);
      assertTrue(files.life().number() > newest);
      newest = files.life().number();
      var next = new Life(newest + 2, 1);
      files.forceLife(next);
      newest = next.number();
    } catch (IOException | StorageFailure dead) {
      assertTrue(left.get() < 0, dead.toString());
    }
    return newest;
  }

  /** Lets the server die at this operation; says how many are left. */
  private static AtomicInteger dieAt(int last, CrashDisk running) {
    var left = new AtomicInteger(last);
    running.watch(
        operation -> {
          if (left.getAndDecrement() <= 0) {
            throw new CrashDisk.Dead();
          }
        });
    return left;
  }
}
