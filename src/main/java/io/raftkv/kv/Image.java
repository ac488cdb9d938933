package io.raftkv.kv;

/** A {@link KvStore} as it was at one entry, to be written to a snapshot; it never changes. */
public final class Image {
  private final KvStore store;

  Image(KvStore store) {
    this.store = store;
  }

  /** The index of the last entry applied. */
  public long appliedIndex() {
    return store.appliedIndex();
  }
}
