package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.raft.Entry;
import org.junit.jupiter.api.Test;

/** How stamps are held against virtual time. */
class ClusterTimeTest {
  private final Conditions conditions = Simulation.Plan.of(1, Profile.CALM, false).conditions();
  private final ClusterTime time = new ClusterTime(conditions);
  private long lastIndex;

  private void commit(long millis, long stamp) {
    commit(millis, stamp, Entry.Kind.COMMAND);
  }

  private void commit(long millis, long stamp, Entry.Kind kind) {
    var entry = new Entry(++lastIndex, 1, stamp, kind, Bytes.EMPTY);
    time.appended(entry, millis * Timeline.MILLI);
    time.committed(entry);
  }

  @Test
  void stampsThatGoAsTimeDoesAreGood() {
    time.elected(true);
    commit(1_000, 500_000);
    commit(21_000, 520_100);
    commit(41_000, 539_900);

    assertTrue(time.isKnown());
  }

  @Test
  void timeThatRunsAheadIsFound() {
    time.elected(true);
    commit(1_000, 500_000);

    assertThrows(Violation.class, () -> commit(2_000, 600_000));
  }

  @Test
  void timeThatStandsStillIsFound() {
    time.elected(true);
    commit(1_000, 500_000);

    assertThrows(Violation.class, () -> commit(100_000, 500_001));
  }

  /** Two leaders may have begun with clocks of their own before anything was committed. */
  @Test
  void beforeTheFirstCommandTimeMayGoAnywhere() {
    time.elected(true);
    commit(1_000, 500_000, Entry.Kind.CONFIGURATION);
    commit(1_500, 900_000, Entry.Kind.EMPTY);
    commit(2_000, 900_500);

    assertThrows(Violation.class, () -> commit(3_000, 990_000));
  }

  @Test
  void behindASecondColdStartTheWallClocksMaySayAnything() {
    time.elected(true);
    commit(1_000, 500_000);
    time.elected(true);

    commit(2_000, 9_000_000);
    assertFalse(time.isKnown());
  }
}
