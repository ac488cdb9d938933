package io.raftkv.sim;

/** The clocks of one machine: one that runs at its own rate, and one on the wall that may jump. */
final class SimClock {
  /** What a right clock shows when the run begins. */
  static final long WALL_BEGIN_MILLIS = 1_000_000_000L;

  private final double rate;
  private long wallOffsetMillis;

  /**
   * @param rate how fast it runs, 1 for as fast as time
   */
  SimClock(double rate, long wallOffsetMillis) {
    this.rate = rate;
    this.wallOffsetMillis = wallOffsetMillis;
  }

  long monotonicMillis(long micros) {
    return (long) (micros * rate) / Timeline.MILLI;
  }

  /** When the monotonic clock will show so many milliseconds. */
  long timeOf(long monotonicMillis) {
    return monotonicMillis >= Long.MAX_VALUE / 2_000
        ? Long.MAX_VALUE
        : (long) Math.ceil(monotonicMillis * Timeline.MILLI / rate);
  }

  long wallMillis(long micros) {
    return Math.max(0, WALL_BEGIN_MILLIS + wallOffsetMillis + monotonicMillis(micros));
  }

  void jump(long millis) {
    wallOffsetMillis += millis;
  }
}
