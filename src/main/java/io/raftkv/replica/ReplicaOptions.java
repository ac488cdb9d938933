package io.raftkv.replica;

import io.raftkv.base.Ranges;

/**
 * The bounds of what a replica keeps for its clients.
 *
 * @param requestTimeoutMillis how long a request waits before it is answered {@code Internal}
 * @param retryMillis how long commands and reads may be unanswered before they are sent again
 * @param unseenCommandsMax how many numbered commands may not have been seen applied
 * @param unseenBytesMax how many bytes of them
 * @param snapshotPolicy when it takes a snapshot
 * @param corruptionCheckMillis of the cluster's clock between two checks that all servers hold the
 *     same state; the same on all servers, at least 1
 */
public record ReplicaOptions(
    int requestTimeoutMillis,
    int retryMillis,
    int unseenCommandsMax,
    int unseenBytesMax,
    SnapshotPolicy snapshotPolicy,
    int corruptionCheckMillis) {
  private static final int CORRUPTION_CHECK_MILLIS = 10_000;

  public ReplicaOptions {
    Ranges.atLeast("the period of corruption checks", corruptionCheckMillis, 1);
  }

  /** The usual bounds: 4,096 commands or 8 MiB. */
  public static ReplicaOptions of(int requestTimeoutMillis, int electionTimeoutMillis) {
    return new ReplicaOptions(
        requestTimeoutMillis,
        electionTimeoutMillis,
        4_096,
        8 << 20,
        SnapshotPolicy.DEFAULT,
        CORRUPTION_CHECK_MILLIS);
  }
}
