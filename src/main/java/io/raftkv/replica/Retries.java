package io.raftkv.replica;

import java.util.function.LongConsumer;

/** What may be lost with a message or a leader is sent again, commands and reads each by itself. */
final class Retries {
  private final RetryTimer commandTimer;
  private final RetryTimer readTimer;
  private final Origin origin;
  private final Reads reads;
  private final RunAhead runAhead;
  private final LongConsumer read;

  /**
   * @param read asks for the index of this read id
   */
  Retries(long intervalMillis, Origin origin, Reads reads, RunAhead runAhead, LongConsumer read) {
    commandTimer = new RetryTimer(intervalMillis);
    readTimer = new RetryTimer(intervalMillis);
    this.origin = origin;
    this.reads = reads;
    this.runAhead = runAhead;
    this.read = read;
  }

  /**
   * Sends again what has not moved for too long.
   *
   * @param mayPropose whether the commands have numbers that count
   */
  void retry(long now, boolean mayPropose) {
    if (commandTimer.isDue(origin.oldest(), now)) {
      propose(now, mayPropose);
    }
    if (readTimer.isDue(reads.oldest(), now)) {
      read(now);
    }
  }

  /** Sends everything again: whatever was under way may be lost. */
  void sendAgain(long now, boolean mayPropose) {
    propose(now, mayPropose);
    read(now);
  }

  private void propose(long now, boolean mayPropose) {
    commandTimer.restart(now);
    if (mayPropose && !origin.isIdle()) {
      runAhead.propose(origin.all());
    }
  }

  private void read(long now) {
    readTimer.restart(now);
    reads.ids().forEach(read::accept);
  }

  /** When something is due if nothing moves. */
  long nextDeadline() {
    return Math.min(commandTimer.nextDeadline(), readTimer.nextDeadline());
  }
}
