package io.raftkv.kv;

import io.raftkv.base.Bytes;
import java.util.Map;

/**
 * A {@link KvStore} as it was at one entry, to be read by another thread while the store goes on;
 * it does not change before the store is told to {@link KvStore#thaw}.
 */
public final class Image {
  private final long appliedIndex;
  private final long clock;
  private final Origins origins;
  private final Map<Bytes, Versioned> values;
  private final long digest;

  Image(long appliedIndex, long clock, Origins origins, Map<Bytes, Versioned> values, long digest) {
    this.appliedIndex = appliedIndex;
    this.clock = clock;
    this.origins = origins;
    this.values = values;
    this.digest = digest;
  }

  /** The index of the last entry applied. */
  public long appliedIndex() {
    return appliedIndex;
  }

  /** The stamp of the last entry applied, in milliseconds. */
  public long clock() {
    return clock;
  }

  /** How many keys there are. */
  public int size() {
    return values.size();
  }

  Origins origins() {
    return origins;
  }

  Map<Bytes, Versioned> values() {
    return values;
  }

  /** What the store came to by all that was applied. */
  long digest() {
    return digest;
  }
}
