package io.raftkv.check;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An operation together with what it says.
 *
 * @param isOpen whether it may have taken effect or not: its answer is unknown, or is not looked at
 */
record Judged(Operation operation, Claim claim, boolean isOpen) {
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
    boolean isOpen = operation.returned() == Operation.NEVER;
    return new Judged(operation, Claim.of(operation), isOpen);
  }

  /**
   * The same operation with nobody looking at its answer: an update that took effect may have done
   * so by its return; one that did not says as little as a read.
   */
  Judged withoutAnswer() {
    return new Judged(operation, claim.dispatch(new Overlooked()), true);
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

  @Override
  public String toString() {
    return operation.toString();
  }

  private static final class Overlooked extends Claim.Partial<Claim> {
    Overlooked() {
      super(new Claim.Nothing());
    }

    @Override
    public Claim onWrote(Claim.Wrote wrote) {
      return new Claim.MayWrite(wrote.content());
    }

    @Override
    public Claim onSwapped(Claim.Swapped swapped) {
      return new Claim.MaySwap(swapped.expected(), swapped.content());
    }

    @Override
    public Claim onRemoved(Claim.Removed removed) {
      return new Claim.MayRemove();
    }

    @Override
    public Claim onMayWrite(Claim.MayWrite write) {
      return write;
    }

    @Override
    public Claim onMaySwap(Claim.MaySwap swap) {
      return swap;
    }

    @Override
    public Claim onMayRemove(Claim.MayRemove remove) {
      return remove;
    }
  }
}
