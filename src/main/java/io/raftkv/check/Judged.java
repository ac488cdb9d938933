package io.raftkv.check;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An operation together with what it says. */
record Judged(Operation operation, Claim claim) {
  /**
   * The operations of each key, in the order of the history; those that say nothing are left out.
   */
  static Map<Bytes, List<Judged>> byKey(Collection<Operation> history) {
    var keys = new LinkedHashMap<Bytes, List<Judged>>();
    for (var operation : history) {
      var judged = of(operation);
      if (!judged.saysNothing()) {
        keys.computeIfAbsent(operation.key(), key -> new ArrayList<>()).add(judged);
      }
    }
    return keys;
  }

  static Judged of(Operation operation) {
    return new Judged(operation, Claim.of(operation));
  }

  /** The same operation as if its answer had been lost. */
  Judged withoutAnswer() {
    return isUnknown()
        ? this
        : of(
            new Operation(
                operation.client(),
                operation.key(),
                operation.action(),
                new Outcome.Unknown(),
                operation.invoked(),
                Operation.NEVER));
  }

  /** Whether this is a read without an answer. */
  boolean saysNothing() {
    return claim instanceof Claim.Nothing;
  }

  long invoked() {
    return operation.invoked();
  }

  long returned() {
    return operation.returned();
  }

  /** Whether this one was over before {@code other} was asked, so that it must come first. */
  boolean isBefore(Judged other) {
    return returned() < other.invoked();
  }

  boolean isUnknown() {
    return returned() == Operation.NEVER;
  }

  @Override
  public String toString() {
    return operation.toString();
  }
}
