package io.raftkv.check;

import java.util.Set;
import java.util.TreeSet;

/**
 * What is known of a version.
 *
 * @param smallest the version, or the smallest one that it can be
 * @param isOpen whether an update whose answer is unknown gave it, and nobody has seen it yet
 * @param excluded versions above {@code smallest} that an open one is known not to be
 */
record Version(long smallest, boolean isOpen, Set<Long> excluded) {
  static Version known(long version) {
    return new Version(version, false, Set.of());
  }

  /** Any version above this one. */
  static Version above(long version) {
    return new Version(version + 1, true, Set.of());
  }

  boolean canBe(long candidate) {
    return isOpen ? candidate >= smallest && !excluded.contains(candidate) : candidate == smallest;
  }

  /** Once an open version is known not to be this one. */
  Version without(long other) {
    if (!canBe(other)) {
      return this;
    }
    var others = new TreeSet<>(excluded);
    others.add(other);
    long least = smallest;
    while (others.remove(least)) {
      least++;
    }
    return new Version(least, true, Set.copyOf(others));
  }
}
