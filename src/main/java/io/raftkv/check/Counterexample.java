package io.raftkv.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Makes a key's history that no order explains as short as it can with bounded effort. What is kept
 * contradicts itself whatever else happened: of the operations that are left out the reads and the
 * refused updates are forgotten, and the other updates may have taken effect, at any time until
 * they returned, or not. So what is kept proves the whole history wrong.
 */
final class Counterexample {
  /** A part that is not decided after so many steps is not taken. */
  private static final long STEPS_PER_TRIAL_MAX = 20_000;

  /** Nor is more spent on all parts together, counting each operation of a part as a step. */
  private static final long STEPS_MAX = 500_000;

  private final List<Judged> all;
  private final Lifetime lifetime;
  private long stepsLeft;

  /** In the order of the returns, as the search has them. */
  private List<Judged> kept;

  /** The first of those whose answer cannot be explained together with the ones before it. */
  private Judged stuckAt;

  private Counterexample(List<Judged> all, int stuckAt, Lifetime lifetime, long stepsMax) {
    this.all = all;
    this.lifetime = lifetime;
    this.stepsLeft = Math.min(stepsMax, STEPS_MAX);
    this.kept =
        all.stream()
            .filter(o -> !o.isOpen())
            .sorted(Comparator.comparingLong(Judged::returned))
            .toList();
    this.stuckAt = kept.get(stuckAt);
  }

  /**
   * The violation that the history of one key holds.
   *
   * @param stuckAt the smallest rank that the search could not explain
   * @param stepsMax roughly how many steps to spend on making it short
   */
  static Verdict.Violation of(
      List<Judged> operations, int stuckAt, Lifetime lifetime, long stepsMax) {
    var example = new Counterexample(operations, stuckAt, lifetime, stepsMax);
    example.cutToPrefix(stuckAt);
    example.cutToEnd();
    example.dropInChunks();
    return example.violation();
  }

  /**
   * What returned after the answer that could not be explained seldom plays a part; what was only
   * invoked after it can do so by the version that it gave.
   */
  private void cutToPrefix(int rank) {
    long end = kept.get(rank).returned();
    if (!tryKeeping(kept.subList(0, rank + 1), stepsLeft)) {
      tryKeeping(kept.stream().filter(o -> o.invoked() <= end).toList(), stepsLeft);
    }
  }

  /** Most contradictions are among neighbours; the fewer are left, the faster goes the rest. */
  private void cutToEnd() {
    int size = kept.size();
    for (int last = 1; last < size && kept.size() == size; last += 1 + last / 4) {
      tryKeeping(kept.subList(size - last, size), STEPS_PER_TRIAL_MAX);
    }
  }

  /** Ever smaller parts, then single operations until none of them can be missed. */
  private void dropInChunks() {
    for (int chunk = kept.size() / 2; chunk > 1; chunk /= 2) {
      tryDropping(chunk);
    }
    while (tryDropping(1)) {
      // Once more: what was needed beside a dropped operation may not be needed any longer.
    }
  }

  private boolean tryDropping(int chunk) {
    boolean isSmaller = false;
    int at = 0;
    while (at < kept.size()) {
      var fewer = new ArrayList<>(kept.subList(0, at));
      fewer.addAll(kept.subList(Math.min(at + chunk, kept.size()), kept.size()));
      if (tryKeeping(fewer, STEPS_PER_TRIAL_MAX)) {
        isSmaller = true;
      } else {
        at += chunk;
      }
    }
    return isSmaller;
  }

  /** Keeps only these if they still contradict each other. */
  private boolean tryKeeping(List<Judged> fewer, long stepsMax) {
    if (stepsLeft <= 0 || fewer.isEmpty()) {
      return false;
    }
    var history = new KeyHistory(withOthersOpen(fewer));
    var result = KeySearch.run(history, lifetime, Math.min(stepsMax, stepsLeft));
    stepsLeft -= result.steps() + history.size();
    if (result.ending() != KeySearch.Ending.IMPOSSIBLE) {
      return false;
    }
    kept = List.copyOf(fewer);
    stuckAt = history.answered(result.stuckAt());
    return true;
  }

  /** These with their answers, and every other update as if nobody had looked at its answer. */
  private List<Judged> withOthersOpen(List<Judged> these) {
    var answered = Collections.newSetFromMap(new IdentityHashMap<Judged, Boolean>());
    answered.addAll(these);
    long end = these.stream().mapToLong(Judged::returned).max().orElseThrow();
    var operations = new ArrayList<>(these);
    for (var other : all) {
      if (!answered.contains(other) && other.invoked() <= end) {
        var open = other.withoutAnswer();
        if (!open.saysNothing()) {
          operations.add(open);
        }
      }
    }
    return operations;
  }

  private Verdict.Violation violation() {
    int others = withOthersOpen(kept).size() - kept.size();
    var inOrder =
        kept.stream()
            .map(Judged::operation)
            .sorted(Comparator.comparingLong(Operation::invoked))
            .toList();
    return new Verdict.Violation(
        "no order explains the answers of these operations on "
            + stuckAt.operation().key()
            + (others == 0 ? "" : ", whatever its other updates (" + others + ") did")
            + "; the first that does not fit is "
            + stuckAt,
        inOrder);
  }
}
