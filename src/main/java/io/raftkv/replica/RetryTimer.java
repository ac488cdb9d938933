package io.raftkv.replica;

/**
 * When to send again what may have been lost: once the oldest that waits has been the oldest for a
 * whole interval. While answers come in, nothing is sent twice. Commands and reads have a timer
 * each: that the one kind moves says nothing of the other.
 */
final class RetryTimer {
  private final long intervalMillis;
  private long oldest;
  private long since;

  RetryTimer(long intervalMillis) {
    this.intervalMillis = intervalMillis;
  }

  /** Whether nothing has moved for an interval; 0 stands for nothing that waits. */
  boolean isDue(long nowOldest, long now) {
    if (nowOldest != oldest) {
      oldest = nowOldest;
      since = now;
    }
    return now >= nextDeadline();
  }

  /** Everything was just sent. */
  void restart(long now) {
    since = now;
  }

  /** When it is due if nothing moves. */
  long nextDeadline() {
    return oldest == 0 ? Long.MAX_VALUE : since + intervalMillis;
  }
}
