package io.raftkv.kv;

import io.raftkv.base.Bytes;
import java.util.Comparator;
import java.util.TreeMap;

/**
 * The keys that end, in the order of their deadlines. A tree rather than a heap, since most keys
 * with a deadline are overwritten before it comes and must leave nothing behind.
 */
final class Expiry {
  /** No deadline. */
  static final long NEVER = Long.MAX_VALUE;

  private final TreeMap<Due, Bytes> keys = new TreeMap<>();

  /** The version tells apart keys that end at the same time. */
  private record Due(long deadline, long version) implements Comparable<Due> {
    private static final Comparator<Due> ORDER =
        Comparator.comparingLong(Due::deadline).thenComparingLong(Due::version);

    @Override
    public int compareTo(Due other) {
      return ORDER.compare(this, other);
    }
  }

  void add(Bytes key, long deadline, long version) {
    if (deadline != NEVER) {
      keys.put(new Due(deadline, version), key);
    }
  }

  void remove(long deadline, long version) {
    if (deadline != NEVER) {
      keys.remove(new Due(deadline, version));
    }
  }

  /** The earliest deadline, {@link #NEVER} if there is none. */
  long earliest() {
    return keys.isEmpty() ? NEVER : keys.firstKey().deadline();
  }

  /** The latest deadline up to {@code time}; there must be one. */
  long latest(long time) {
    return keys.lowerKey(new Due(time + 1, 0)).deadline();
  }

  /** Takes out the key with the earliest deadline; there must be one. */
  Bytes removeEarliest() {
    return keys.pollFirstEntry().getValue();
  }
}
