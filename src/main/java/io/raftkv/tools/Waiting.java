package io.raftkv.tools;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting for the world to change, always with an end. */
public final class Waiting {
  private static final long LOOK_EVERY_MILLIS = 20;

  private Waiting() {}

  /** What is waited for. */
  @FunctionalInterface
  public interface Condition {
    boolean holds();
  }

  /** Waits until {@code condition} holds, at most {@code limit}; returns whether it held. */
  public static boolean until(Duration limit, Condition condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      pause(Duration.ofMillis(LOOK_EVERY_MILLIS));
    }
    return true;
  }

  /** Lets real time go by, for what only time can show. */
  public static void pause(Duration length) {
    var never = new CountDownLatch(1);
    try {
      if (never.await(length.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException("nobody counts this latch down");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", interrupted);
    }
  }
}
