package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Disks that go back to what they were, and what their servers owe then. */
class OlderCopiesTest {
  private static final Path FILE = SimDisk.DIRECTORY.resolve("log-1");

  private static DurableLog log(long term, LogRecord... records) {
    var log = new DurableLog(1);
    log.writing(List.of(new LogRecord.Vote(term, 2)));
    log.writing(List.of(records));
    log.written(1 + records.length);
    return log;
  }

  private static LogRecord append(long index, long term) {
    var entry = new Entry(index, term, 0, Entry.Kind.EMPTY, Bytes.EMPTY);
    return new LogRecord.Append(List.of(entry));
  }

  private static void write(SimDisk disk, int value, boolean forced) throws Exception {
    try (var file = disk.open(FILE)) {
      file.write(ByteBuffer.wrap(new byte[] {(byte) value}), 0);
      if (forced) {
        file.force();
        disk.forceDirectory(SimDisk.DIRECTORY);
      }
    }
    disk.begin(disk.clock());
  }

  @Test
  void aDiskGoesBackToWhatWasForced() throws Exception {
    var conditions = Simulation.Plan.of(1, Profile.CALM, true).conditions().disk();
    var weather = new DiskWeather(conditions, new SplittableRandom(1), new Marks());
    var disk = new SimDisk(weather, new SplittableRandom(2));
    write(disk, 1, true);
    write(disk, 2, false);
    var putBack = disk.copy();
    write(disk, 3, true);
    disk.crash(disk.clock(), true);

    putBack.run();

    var found = ByteBuffer.allocate(1);
    try (var file = disk.open(FILE)) {
      file.read(found, 0);
    }
    assertEquals(1, found.get(0));
  }

  @Test
  void aLogThatIsShorterOrEndsEarlierOwesWhatIsGone() {
    var promised = log(3, append(1, 2), append(2, 3));

    assertFalse(log(3, append(1, 2)).keepsPromisesOf(promised));
    assertFalse(log(4, append(1, 2), append(2, 2), append(3, 2)).keepsPromisesOf(promised));
  }

  @Test
  void aLogThatIsAsLongOrEndsWithALaterLeadersEntryOwesNothing() {
    var promised = log(3, append(1, 2), append(2, 3));

    assertTrue(promised.copy().keepsPromisesOf(promised));
    assertTrue(log(4, append(1, 4)).keepsPromisesOf(promised));
  }

  @Test
  void whoeverForgotAVoteOwesIt() {
    var promised = log(3, append(1, 2));
    var forgot = new DurableLog(1);
    forgot.writing(List.of(new LogRecord.Vote(3, -1), append(1, 2)));
    forgot.written(2);

    assertFalse(forgot.keepsPromisesOf(promised));
  }

  @Test
  void serversWithOlderCopiesAreToldAndGiveUp() {
    long told = 0;
    for (long seed = 1; seed <= 30 && told == 0; seed++) {
      var outcome = Simulation.run(Simulation.Plan.of(seed, Profile.DISK, true));

      assertTrue(outcome.isGood(), outcome.failure());
      told += outcome.marks().count(Mark.OLDER_COPY_GIVEN_UP);
    }
    assertTrue(told > 0, "nobody was told");
  }
}
