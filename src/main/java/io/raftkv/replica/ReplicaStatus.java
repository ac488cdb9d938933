package io.raftkv.replica;

import io.raftkv.kv.KvStore;
import io.raftkv.raft.RaftStatus;

/**
 * What an operator may want to know of a server.
 *
 * @param appliedIndex up to where its store is the log's outcome
 * @param keys how many keys it holds
 * @param storeBytes what they and their values weigh, as the store's bound counts
 * @param storeRefusals how many updates it has seen refused because the store was full
 * @param serving whether it has caught up since it started
 */
public record ReplicaStatus(
    RaftStatus raft,
    long appliedIndex,
    int keys,
    long storeBytes,
    long storeRefusals,
    boolean serving) {
  static ReplicaStatus of(RaftStatus raft, KvStore store, boolean serving) {
    return new ReplicaStatus(
        raft, store.appliedIndex(), store.size(), store.bytes(), store.refused(), serving);
  }
}
