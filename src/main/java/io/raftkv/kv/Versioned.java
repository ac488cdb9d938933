package io.raftkv.kv;

import io.raftkv.base.Bytes;

/**
 * A value with all that the store knows of it.
 *
 * @param exptime in seconds, as the update gave it; 0 is never
 * @param version the index of the entry that stored it
 * @param deadline when it ends, in milliseconds of the cluster clock, or {@link Expiry#NEVER}
 */
record Versioned(Bytes value, int exptime, long version, long deadline) {
  /** What the objects around a key and its value take of a server's memory: 228 were measured. */
  static final int OVERHEAD_BYTES = 240;

  /** What this counts for under {@code key} where the store is bounded. */
  long weight(Bytes key) {
    return (long) OVERHEAD_BYTES + key.length() + value.length();
  }
}
