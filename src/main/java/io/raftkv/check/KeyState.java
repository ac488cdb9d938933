package io.raftkv.check;

import io.raftkv.base.Bytes;

/**
 * One key as the model has it.
 *
 * @param present whether the key is there
 * @param content what it holds; empty if it is not there
 * @param version of what is there, else the last one that was given, 0 before the first
 * @param end when what is there expires
 * @param notBefore what comes next cannot have returned before this moment, because a key that
 *     lived at least so long was seen to be expired
 */
record KeyState(boolean present, Claim.Content content, Version version, End end, long notBefore) {
  private static final Claim.Content NO_CONTENT = new Claim.Content(0, Bytes.EMPTY);

  /** Before the first update. */
  static final KeyState INITIAL = absent(0, Long.MIN_VALUE);

  /** No state at all: the answer of an operation cannot be true here. */
  static final KeyState IMPOSSIBLE = absent(-1, Operation.NEVER);

  /**
   * When a key expires.
   *
   * @param earliest no answer that was there before this moment can say that the key has expired
   * @param latest no request that was made after this moment can find the key still there
   */
  record End(long earliest, long latest) {
    static final End NEVER = new End(Operation.NEVER, Operation.NEVER);
  }

  static KeyState absent(long lastVersion, long notBefore) {
    return new KeyState(false, NO_CONTENT, Version.known(lastVersion), End.NEVER, notBefore);
  }

  /** Whether this is a state at all. */
  boolean isPossible() {
    return version.smallest() >= 0;
  }

  /** Once more is known of the version. */
  KeyState withVersion(Version better) {
    return new KeyState(present, content, better, end, notBefore);
  }

  /** Once it is known that the key was there at a time after which it must end by {@code time}. */
  KeyState endingBy(long time) {
    return time >= end.latest
        ? this
        : new KeyState(present, content, version, new End(end.earliest, time), notBefore);
  }

  /** The same without a bound that no operation which returns at {@code time} or later can feel. */
  KeyState asOf(long time) {
    return notBefore == Long.MIN_VALUE || notBefore > time
        ? this
        : new KeyState(present, content, version, end, Long.MIN_VALUE);
  }

  /** Whether nothing happened between {@code before} and this but that somebody looked. */
  boolean isStill(KeyState before) {
    return present == before.present && version.equals(before.version);
  }
}
