package io.raftkv.check;

/**
 * When a key may be seen to expire, on the history's clock. The store's clock is another one: it
 * stamps an update at some moment between the update's invocation and its return, counts exptime
 * from there at its own rate, falls behind a little with each change of leader and may catch up
 * when the whole cluster restarts. So the slack counts both ways, for late and for early expiry.
 *
 * @param slackNanos how far off the store's idea of a deadline may be
 */
record Lifetime(long slackNanos) {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** Before this moment nobody may see the end of what an update invoked then has stored. */
  long earliestEnd(long invoked, int exptime) {
    return exptime == 0
        ? Operation.NEVER
        : plus(plus(invoked, exptime * NANOS_PER_SECOND), -slackNanos);
  }

  /** After this moment nobody may see what an update that had returned then has stored. */
  long latestEnd(long returned, int exptime) {
    return exptime == 0
        ? Operation.NEVER
        : plus(plus(returned, exptime * NANOS_PER_SECOND), slackNanos);
  }

  /** The sum, or the nearest number there is: a time that never comes stays so. */
  private static long plus(long time, long nanos) {
    long sum = time + nanos;
    if (((time ^ sum) & (nanos ^ sum)) < 0 || time == Operation.NEVER) {
      return nanos < 0 && time < 0 ? Long.MIN_VALUE : Operation.NEVER;
    }
    return sum;
  }
}
