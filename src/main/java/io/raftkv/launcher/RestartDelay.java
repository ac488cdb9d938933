package io.raftkv.launcher;

/** How long a server that died waits before it is started again: longer each time it dies soon. */
final class RestartDelay {
  private static final long FIRST_MILLIS = 500;
  private static final long LONGEST_MILLIS = 30_000;
  private static final long LONG_LIFE_NANOS = 60_000_000_000L;

  private long nextMillis = FIRST_MILLIS;
  private long startedNanos;

  void started() {
    startedNanos = System.nanoTime();
  }

  /** The delay from now. */
  long nextMillis() {
    if (System.nanoTime() - startedNanos > LONG_LIFE_NANOS) {
      nextMillis = FIRST_MILLIS;
    }
    long millis = nextMillis;
    nextMillis = Math.min(2 * millis, LONGEST_MILLIS);
    return millis;
  }
}
