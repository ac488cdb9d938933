package io.raftkv.check;

import io.raftkv.base.Bytes;
import java.util.Set;
import java.util.TreeSet;

/**
 * One key as the model has it.
 *
 * @param present whether the key is there
 * @param content what it holds; empty if it is not there
 * @param version of what is there, else the last one that was given, 0 before the first; if {@code
 *     isVersionOpen}, the smallest one that it can be
 * @param isVersionOpen whether an update whose answer is unknown gave a version that nobody has
 *     seen yet
 * @param excluded versions above {@code version} that an open version is known not to be
 * @param earliestEnd no answer that was there before this moment can say that the key has expired
 * @param latestEnd no request that was made after this moment can find the key still there
 * @param notBefore what comes next cannot have returned before this moment, because a key that
 *     lived at least so long was seen to be expired
 */
record KeyState(
    boolean present,
    Claim.Content content,
    long version,
    boolean isVersionOpen,
    Set<Long> excluded,
    long earliestEnd,
    long latestEnd,
    long notBefore) {
  private static final Claim.Content NO_CONTENT = new Claim.Content(0, Bytes.EMPTY);

  /** Before the first update. */
  static final KeyState INITIAL = absent(0, Long.MIN_VALUE);

  /** No state at all: the answer of an operation cannot be true here. */
  static final KeyState IMPOSSIBLE = absent(-1, Operation.NEVER);

  static KeyState absent(long lastVersion, long notBefore) {
    return new KeyState(
        false,
        NO_CONTENT,
        lastVersion,
        false,
        Set.of(),
        Operation.NEVER,
        Operation.NEVER,
        notBefore);
  }

  /** Whether this is a state at all. */
  boolean isPossible() {
    return version >= 0;
  }

  /** Whether the version can be this one. */
  boolean canHave(long candidate) {
    return isVersionOpen
        ? candidate >= version && !excluded.contains(candidate)
        : candidate == version;
  }

  /** Once the version is known. */
  KeyState withVersion(long known) {
    return new KeyState(
        present, content, known, false, Set.of(), earliestEnd, latestEnd, notBefore);
  }

  /** Once the open version is known not to be this one. */
  KeyState without(long other) {
    if (!canHave(other)) {
      return this;
    }
    var others = new TreeSet<>(excluded);
    others.add(other);
    long smallest = version;
    while (others.remove(smallest)) {
      smallest++;
    }
    return new KeyState(
        present, content, smallest, true, Set.copyOf(others), earliestEnd, latestEnd, notBefore);
  }

  /** Once it is known that the key was there at a time after which it must end by {@code end}. */
  KeyState endingBy(long end) {
    return end >= latestEnd
        ? this
        : new KeyState(
            present, content, version, isVersionOpen, excluded, earliestEnd, end, notBefore);
  }

  /** The same without a bound that no operation which returns at {@code time} or later can feel. */
  KeyState asOf(long time) {
    return notBefore == Long.MIN_VALUE || notBefore > time
        ? this
        : new KeyState(
            present,
            content,
            version,
            isVersionOpen,
            excluded,
            earliestEnd,
            latestEnd,
            Long.MIN_VALUE);
  }

  /** Whether nothing happened between {@code before} and this but that somebody looked. */
  boolean isStill(KeyState before) {
    return present == before.present
        && version == before.version
        && isVersionOpen == before.isVersionOpen
        && excluded.equals(before.excluded);
  }
}
