package io.raftkv.server;

/**
 * How many fresh snapshots it still takes until damaged files are needed no longer: one for a
 * damaged snapshot; two for a damaged log file, since only what the older of the two that are kept
 * covers is deleted from the log. Without new entries there is no newer state to take; then what is
 * owed waits for some.
 */
final class SnapshotsOwed {
  private static final int FOR_A_SNAPSHOT = 1;
  private static final int FOR_A_LOG_FILE = 2;

  private int count;
  private long from;
  private long wanted;

  /**
   * A file was found damaged.
   *
   * @param isLog whether it is a log file, or a snapshot
   * @param applied the last entry applied: a snapshot that reaches less far does not help
   */
  void found(boolean isLog, long applied) {
    count = Math.max(count, isLog ? FOR_A_LOG_FILE : FOR_A_SNAPSHOT);
    from = applied;
  }

  /** Whether any are owed at all. */
  boolean isOwing() {
    return count > 0;
  }

  /**
   * Whether to ask for a snapshot now: one is owed, none that was asked for is under way, and there
   * is something new to take one of. It counts as asked for from then on.
   *
   * @param newest the entry up to which the newest snapshot reaches, 0 if there is none
   * @param applied the last entry applied
   */
  boolean isToBeTaken(long newest, long applied) {
    if (count == 0 || wanted > newest || applied <= newest) {
      return false;
    }
    wanted = applied;
    return true;
  }

  /** A snapshot of this server's own is durable that reaches up to here. */
  void saved(long index) {
    if (index >= from && count > 0) {
      count--;
    }
  }
}
