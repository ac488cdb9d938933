package io.raftkv.replica;

import io.raftkv.base.Invariant;
import io.raftkv.kv.KvStore;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.SnapshotId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The snapshots of this server: when one of its own state is due, which is being written, and which
 * has arrived from another server and waits for consensus to take it.
 */
final class Snapshots {
  private final SnapshotPolicy policy;
  private final RaftNode raft;
  private final Environment environment;
  private final List<Arrived> arrived = new ArrayList<>();
  private Optional<KvStore> frozen = Optional.empty();
  private long lastIndex;
  private long lastBytes;
  private long retryAt;
  private long wantedIndex;

  private record Arrived(SnapshotId id, KvStore store, long bytes) {}

  /**
   * @param start what the server starts from, which {@code raft} starts from, too
   */
  Snapshots(SnapshotPolicy policy, RaftNode raft, Environment environment, StartState start) {
    this.policy = policy;
    this.raft = raft;
    this.environment = environment;
    lastIndex = start.store().appliedIndex();
    lastBytes = start.bytes();
    Invariant.equal(lastIndex, raft.commitIndex(), "the store is that of the snapshot");
  }

  /** Somebody wants a snapshot that reaches up to here, whether one is due or not. */
  void want(long index) {
    wantedIndex = Math.max(wantedIndex, index);
  }

  /** The newest is no more. */
  void lost() {
    lastIndex = 0;
    lastBytes = 0;
  }

  /** Begins a snapshot of the store if it is time for one and none is being written. */
  void takeIfDue(KvStore store, long now) {
    long index = store.appliedIndex();
    boolean isPossible = frozen.isEmpty() && index > lastIndex && now >= retryAt;
    if (isPossible && isWanted()) {
      store.settle();
    }
    if (isPossible
        && store.canFreeze()
        && (isWanted() || isDue(raft.log().weight(lastIndex + 1, index), store))) {
      frozen = Optional.of(store);
      environment.saveSnapshot(raft.snapshotAt(index), store.freeze());
    }
  }

  private boolean isDue(long logBytes, KvStore store) {
    return policy.isDue(logBytes, lastBytes, store.bytesMax());
  }

  private boolean isWanted() {
    return wantedIndex > lastIndex;
  }

  /** When a snapshot that could not be written, or not be begun, is tried again. */
  long nextDeadline(long now) {
    if (retryAt > now) {
      return retryAt;
    }
    return isWanted() && frozen.isEmpty() ? now : Long.MAX_VALUE;
  }

  /** The snapshot that was begun last is durable. */
  void saved(SnapshotId id, long bytes) {
    thaw();
    advance(id.index(), bytes);
  }

  /** The snapshot that was begun last could not be written. */
  void failed(long now) {
    thaw();
    retryAt = now + policy.retryMillis();
  }

  private void thaw() {
    frozen.orElseThrow().thaw();
    frozen = Optional.empty();
  }

  private void advance(long index, long bytes) {
    if (index > lastIndex) {
      lastIndex = index;
      lastBytes = bytes;
    }
  }

  /** Another server's snapshot is here; whether it is needed is for consensus to say. */
  void arrived(SnapshotId id, KvStore store, long bytes) {
    arrived.add(new Arrived(id, store, bytes));
  }

  /** The store that has arrived in this turn as this snapshot. */
  KvStore take(SnapshotId id) {
    var taken = arrived.stream().filter(known -> known.id().equals(id)).findFirst().orElseThrow();
    advance(id.index(), taken.bytes());
    return taken.store();
  }

  /** The turn ends: what consensus did not need is dropped. */
  void endTurn() {
    arrived.clear();
  }
}
