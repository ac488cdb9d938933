package io.raftkv.bus;

/**
 * From the replica to the peer transport: send the newest snapshot to this server; the answer is an
 * {@link io.raftkv.raft.Event.SnapshotSent}.
 *
 * @param atLeast the index up to where it must reach to be of use
 */
public record SendSnapshot(int to, long atLeast) {}
