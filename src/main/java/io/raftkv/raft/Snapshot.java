package io.raftkv.raft;

/**
 * What consensus must know of a snapshot (dissertation 5.1): what it covers, and the configuration
 * as of there, since the entry that says it is gone.
 *
 * @param configuration the newest one up to the snapshot's index, which is committed; not the one
 *     in force now
 */
public record Snapshot(SnapshotId id, Configuration configuration) {}
