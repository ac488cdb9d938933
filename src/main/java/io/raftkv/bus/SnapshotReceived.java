package io.raftkv.bus;

import io.raftkv.kv.KvStore;
import io.raftkv.raft.Snapshot;

/**
 * From the peer transport to the replica: another server's snapshot is durable here, and was read
 * back.
 *
 * @param store the state that it holds; it is handed over
 * @param bytes the length of its file
 */
public record SnapshotReceived(Snapshot snapshot, KvStore store, long bytes) {}
