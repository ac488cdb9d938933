package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A server that dies at every single operation on its disk: what was acknowledged is there. */
class CrashTest {
  private static final StorageOptions OPTIONS = new StorageOptions(1 << 12, 1 << 20);
  private static final int STEPS = 60;
  private static final int IMAGES = 6;

  /** What had been asked for, and how much of it was acknowledged. */
  private record Run(List<LogRecord> records, long acknowledged) {}

  /** Appends, votes and cuts, one after the other, until the disk dies. */
  private static Run play(MemoryFiles disk) {
    var recorder = new Recorder();
    var records = new ArrayList<LogRecord>();
    var random = new SplittableRandom(5);
    long index = 0;
    try (var storage = Storage.open(MemoryFiles.DIRECTORY, 3, OPTIONS.withDisk(disk), recorder)) {
      for (int step = 1; step <= STEPS && recorder.failures().isEmpty(); step++) {
        LogRecord record;
        if (index > 3 && random.nextInt(8) == 0) {
          index -= 2;
          record = new LogRecord.TruncateSuffix(index + 1);
        } else if (random.nextInt(6) == 0) {
          record = new LogRecord.Vote(step, 3);
        } else {
          record = Recorder.append(++index, 1, random.nextInt(700));
        }
        records.add(record);
        storage.write(step, List.of(record));
        recorder.awaitWritten(step);
      }
    } catch (StorageFailure dead) {
      return new Run(records, recorder.written());
    }
    return new Run(records, recorder.written());
  }

  private static PersistentState fold(List<LogRecord> records) {
    var fold = new PersistentState.Fold();
    records.forEach(record -> record.dispatch(fold));
    return fold.state();
  }

  private static PersistentState recover(MemoryFiles disk) {
    try (var storage =
        Storage.open(MemoryFiles.DIRECTORY, 3, OPTIONS.withDisk(disk), new Recorder())) {
      return storage.recovered();
    }
  }

  @Test
  void whateverOperationIsTheLastWhatWasAcknowledgedIsThere() {
    var whole = new MemoryFiles();
    play(whole);
    var random = new SplittableRandom(9);
    for (int last = 0; last < whole.operations(); last++) {
      for (int image = 0; image < IMAGES; image++) {
        var disk = new MemoryFiles();
        disk.dieAfter(last);
        var run = play(disk);
        check(run, disk.afterCrash(random), "operation " + last + ", image " + image);
      }
    }
  }

  private static void check(Run run, MemoryFiles left, String where) {
    var recovered = recover(left);
    assertEquals(recovered, recover(left), where + ": the same again");
    boolean isPrefix = false;
    int least = (int) run.acknowledged();
    int most = Math.min(run.records().size(), least + 1);
    for (int count = least; count <= most; count++) {
      isPrefix |= recovered.equals(fold(run.records().subList(0, count)));
    }
    assertTrue(isPrefix, where + ": " + least + " acknowledged, " + entriesOf(recovered));
  }

  @Test
  void whatIsFoundAfterAKillIsStillThereAfterAPowerCut() {
    var whole = new MemoryFiles();
    play(whole);
    var random = new SplittableRandom(10);
    for (int last = 0; last < whole.operations(); last++) {
      var disk = new MemoryFiles();
      disk.dieAfter(last);
      play(disk);
      var killed = disk.afterKill();
      var found = foundByAServerThatThenDies(killed);
      for (int image = 0; image < IMAGES; image++) {
        assertEquals(found, recover(killed.afterCrash(random)), "operation " + last);
      }
    }
  }

  private static PersistentState foundByAServerThatThenDies(MemoryFiles disk) {
    var recorder = new Recorder();
    try (var storage = Storage.open(MemoryFiles.DIRECTORY, 3, OPTIONS.withDisk(disk), recorder)) {
      disk.dieAfter(0);
      return storage.recovered();
    }
  }

  @Test
  void aServerThatDiesWhileItRecoversFindsTheSameTheNextTime() {
    var random = new SplittableRandom(11);
    int cuts = 0;
    for (int run = 0; run < 60; run++) {
      var disk = new MemoryFiles();
      disk.dieAfter(40 + random.nextInt(250));
      play(disk);
      var left = disk.afterCrash(random);
      var expected = recover(left.copy());
      boolean whole = false;
      for (int last = 0; !whole; last++) {
        var again = left.copy();
        again.dieAfter(last);
        whole = opens(again);
        assertEquals(expected, recover(again.afterCrash(random)), "run " + run + ", " + last);
        cuts++;
      }
    }
    assertTrue(cuts > 60 * 3, cuts + " recoveries cut off");
  }

  private static boolean opens(MemoryFiles disk) {
    try (var storage =
        Storage.open(MemoryFiles.DIRECTORY, 3, OPTIONS.withDisk(disk), new Recorder())) {
      return storage.life().number() > 0;
    } catch (StorageFailure dead) {
      return false;
    }
  }

  private static List<Long> entriesOf(PersistentState state) {
    return state.entries().stream().map(Entry::index).toList();
  }
}
