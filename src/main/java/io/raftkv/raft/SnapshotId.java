package io.raftkv.raft;

/**
 * Which snapshot: that of the state behind this entry. Entries are committed when a snapshot is
 * taken of them, so there is one state for each index, whoever took it.
 *
 * @param index the index of the last entry that it covers
 * @param term the term of that entry
 * @param time the stamp of that entry, in milliseconds of the cluster clock
 */
public record SnapshotId(long index, long term, long time) {
  /** No snapshot: the state before the first entry. */
  public static final SnapshotId NONE = new SnapshotId(0, 0, 0);
}
