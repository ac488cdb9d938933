package io.raftkv.tools;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Says when a client asks next: so that all together keep to their rate, and so that they often
 * meet, for what goes wrong goes wrong between requests under way at the same time. Also says when
 * it is over.
 */
final class Pace {
  private static final long MEET_EVERY_NANOS = 20_000_000;

  private final long nanosPerOperation;
  private final SplittableRandom random;
  private final CountDownLatch over;
  private long due = System.nanoTime();

  /**
   * @param nanosPerOperation how much of this client's time one operation is worth
   * @param over reaches 0 when the run is over
   */
  Pace(long nanosPerOperation, SplittableRandom random, CountDownLatch over) {
    this.nanosPerOperation = nanosPerOperation;
    this.random = random;
    this.over = over;
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  /** So many operations were asked for. What could not be done in time is not made up for. */
  void spent(int operations) {
    due = Math.max(due + operations * nanosPerOperation, System.nanoTime());
  }

  /** Waits until it is time to ask again, or until it is over. */
  void await() {
    long now = System.nanoTime();
    long wait = due - now;
    if (random.nextBoolean()) {
      wait += MEET_EVERY_NANOS - Math.floorMod(due, MEET_EVERY_NANOS);
    }
    rest(Duration.ofNanos(Math.max(0, wait)));
  }

  /** Waits so long, or until it is over. */
  void rest(Duration length) {
    try {
      if (over.await(length.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
