package io.raftkv.replica;

import io.raftkv.raft.RaftStatus;

/**
 * What an operator may want to know of a server.
 *
 * @param appliedIndex up to where its store is the log's outcome
 * @param keys how many keys it holds
 * @param serving whether it has caught up since it started
 */
public record ReplicaStatus(RaftStatus raft, long appliedIndex, int keys, boolean serving) {}
