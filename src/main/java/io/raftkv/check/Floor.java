package io.raftkv.check;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far a key is known to have come: nothing that is asked from now on can find it at an earlier
 * point of its life.
 *
 * @param version the greatest version that the key is known to have had, 0 before the first
 * @param isGone whether that version is known to be there no longer
 * @param by the operations that show it, the last one first; none at the beginning
 */
record Floor(long version, boolean isGone, List<Judged> by) {
  private static final int SHOWN_BY_MAX = 3;

  /** Nobody has seen anything yet. */
  static final Floor START = new Floor(0, true, List.of());

  static Floor shown(long version, Judged by) {
    return new Floor(version, false, List.of(by));
  }

  /** What {@code by} shows, who found the key gone when this was known. */
  Floor gone(Judged by) {
    return new Floor(
        version, true, Stream.concat(Stream.of(by), this.by.stream()).limit(SHOWN_BY_MAX).toList());
  }

  boolean isBeyond(Floor other) {
    return version > other.version || (version == other.version && isGone && !other.isGone);
  }

  /** Whether the key can still be seen with this version. */
  boolean allows(long seen) {
    return seen > version || (seen == version && !isGone);
  }

  /** Whoever showed it last. */
  Optional<Judged> last() {
    return by.stream().findFirst();
  }
}
