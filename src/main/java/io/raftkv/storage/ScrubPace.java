package io.raftkv.storage;

/**
 * When the files at rest are read again, and how fast: a little at a time, so that nobody feels it,
 * and each byte often enough to be found bad while there is still another copy.
 *
 * @param firstMillis how long after a start the first pass begins, at least 1
 * @param pauseMillis how long to wait between two steps of a pass, at least 1
 * @param restMillis how long to wait between two passes, at least 1
 * @param stepBytes about how much one step reads, at least 1
 */
public record ScrubPace(long firstMillis, long pauseMillis, long restMillis, int stepBytes) {
  /**
   * About 1 MiB/s, with a day between two passes. The first begins an hour after a start, when a
   * server that was behind has caught up, and early enough for one that is started each day: a
   * start itself reads the log and the newest snapshot, but not the older one.
   */
  public static final ScrubPace DEFAULT = new ScrubPace(3_600_000, 1_000, 86_400_000, 1 << 20);

  public ScrubPace {
    if (firstMillis < 1 || pauseMillis < 1 || restMillis < 1 || stepBytes < 1) {
      throw new IllegalArgumentException("everything must be positive");
    }
  }
}
