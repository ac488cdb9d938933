package io.raftkv.replica;

/**
 * When to take a snapshot: when the log behind the last one has grown by so much that reading it
 * would take longer than reading a new one, but not for every little thing. So the log's share of
 * disk and memory stays within a multiple of the data, and writing snapshots within a share of what
 * the log itself writes. Where the store is bounded to what memory holds, the log may take a
 * quarter of that again: what is in both is in memory twice after a start.
 *
 * @param logBytesMin how much the log grows at least between two snapshots
 * @param retryMillis how long to wait after one that could not be written
 */
public record SnapshotPolicy(long logBytesMin, int retryMillis) {
  /** A snapshot each 32 MiB of log, or each time the log has grown by the size of the data. */
  public static final SnapshotPolicy DEFAULT = new SnapshotPolicy(32 << 20, 10_000);

  /**
   * Whether it is time.
   *
   * @param logBytes how much the log has grown since the last snapshot
   * @param snapshotBytes the size of the last snapshot, 0 if there is none
   * @param storeBytesMax the store's bound
   */
  boolean isDue(long logBytes, long snapshotBytes, long storeBytesMax) {
    return logBytes >= Math.max(logBytesMin, Math.min(snapshotBytes, storeBytesMax / 4));
  }
}
