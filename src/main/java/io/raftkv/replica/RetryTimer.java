package io.raftkv.replica;

/**
 * When to send again: once the oldest command, or the oldest read, has been waiting for a whole
 * interval. While answers come in, nothing is sent twice.
 */
final class RetryTimer {
  private final long intervalMillis;
  private long oldestCommand;
  private long oldestRead;
  private long since;

  RetryTimer(long intervalMillis) {
    this.intervalMillis = intervalMillis;
  }

  /** Whether nothing has moved for an interval; 0 stands for no command or no read. */
  boolean isDue(long command, long read, long now) {
    if (command != oldestCommand || read != oldestRead) {
      oldestCommand = command;
      oldestRead = read;
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
    boolean waits = oldestCommand != 0 || oldestRead != 0;
    return waits ? since + intervalMillis : Long.MAX_VALUE;
  }
}
