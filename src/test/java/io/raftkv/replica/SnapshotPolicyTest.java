package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/**
 * How much log there may be behind a snapshot: at a start all of it is in memory beside the data.
 */
class SnapshotPolicyTest {
  private static final long UNBOUNDED = Long.MAX_VALUE;

  private final SnapshotPolicy policy = new SnapshotPolicy(100, 1);

  private void isDueFrom(long logBytes, long snapshotBytes, long storeBytesMax) {
    assertTrue(policy.isDue(logBytes, snapshotBytes, storeBytesMax));
    assertFalse(policy.isDue(logBytes - 1, snapshotBytes, storeBytesMax));
  }

  @Test
  void aLittleLogIsNeverWorthASnapshot() {
    isDueFrom(100, 0, UNBOUNDED);
    isDueFrom(100, 99, 8);
  }

  @Test
  void theLogMayGrowToWhatTheDataTake() {
    isDueFrom(5_000, 5_000, UNBOUNDED);
    isDueFrom(5_000, 5_000, 20_000);
  }

  @Test
  void inABoundedStoreTheLogTakesAQuarterOfTheBoundAtMost() {
    isDueFrom(1_500, 5_000, 6_000);
  }
}
