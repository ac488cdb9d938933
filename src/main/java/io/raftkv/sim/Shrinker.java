package io.raftkv.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Makes a run that fails easier to understand: leaves out faults, and time behind the last of them,
 * for as long as it still fails. What clients ask, and how long messages take, is drawn from other
 * numbers than the faults, so that leaving one out changes as little as it can.
 */
public final class Shrinker {
  private final Function<Simulation.Plan, Simulation.Outcome> runner;
  private int runsLeft;
  private Simulation.Outcome smallest;

  /**
   * @param failed a run that is not good
   * @param runsMax how many runs the search may take
   */
  public Shrinker(
      Simulation.Outcome failed,
      int runsMax,
      Function<Simulation.Plan, Simulation.Outcome> runner) {
    this.runner = runner;
    runsLeft = runsMax;
    smallest = failed;
  }

  /** The smallest run found that still fails. */
  public Simulation.Outcome shrink() {
    stopAt(smallest.simulatedMillis());
    leaveOutFaults();
    leaveOutTime();
    return smallest;
  }

  /** What comes after the failure had no part in it. */
  private void stopAt(long millis) {
    var plan = smallest.plan();
    var before = plan.faults().stream().filter(fault -> fault.at() <= millis).toList();
    fails(plan.with(before).lasting((int) Math.min(plan.conditions().durationMillis(), millis)));
    fails(smallest.plan().with(before));
  }

  /** Leaves out halves, quarters, and so on, down to single faults (delta debugging). */
  private void leaveOutFaults() {
    int size = (smallest.plan().faults().size() + 1) / 2;
    while (size >= 1 && runsLeft > 0) {
      if (!leaveOutAny(size)) {
        size = size == 1 ? 0 : (size + 1) / 2;
      }
      size = Math.min(size, smallest.plan().faults().size());
    }
  }

  private boolean leaveOutAny(int size) {
    var faults = smallest.plan().faults();
    return IntStream.iterate(0, from -> from < faults.size(), from -> from + size)
        .mapToObj(from -> without(faults, from, size))
        .anyMatch(fewer -> fails(smallest.plan().with(fewer)));
  }

  private static List<Fault> without(List<Fault> faults, int from, int size) {
    var fewer = new ArrayList<>(faults);
    fewer.subList(from, Math.min(faults.size(), from + size)).clear();
    return fewer;
  }

  private void leaveOutTime() {
    int last =
        smallest.plan().faults().stream().map(Fault::at).max(Comparator.naturalOrder()).orElse(0);
    int duration = smallest.plan().conditions().durationMillis();
    while (duration - last > 100 && runsLeft > 0) {
      int middle = last + (duration - last) / 2;
      if (fails(smallest.plan().lasting(middle))) {
        duration = middle;
      } else {
        last = middle;
      }
    }
  }

  private boolean fails(Simulation.Plan plan) {
    if (runsLeft == 0 || plan.equals(smallest.plan())) {
      return false;
    }
    runsLeft--;
    var outcome = Optional.of(runner.apply(plan)).filter(o -> !o.isGood());
    outcome.ifPresent(o -> smallest = o);
    return outcome.isPresent();
  }
}
