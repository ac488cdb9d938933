package io.raftkv.replica;

import io.raftkv.kv.KvStore;

/**
 * The state that a server starts from: that of its newest snapshot, or the empty one.
 *
 * @param bytes the size of the snapshot, 0 if there is none
 */
public record StartState(KvStore store, long bytes) {
  /** The state before the first entry. */
  public static StartState empty() {
    return new StartState(new KvStore(), 0);
  }
}
