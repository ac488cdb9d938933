package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** How a failing run is made smaller, with runs that fail by a rule. */
class ShrinkerTest {
  private static final Simulation.Plan PLAN = Simulation.Plan.of(5, Profile.CHURN, false);

  private int runs;

  private Simulation.Outcome judge(Simulation.Plan plan, Predicate<Simulation.Plan> fails) {
    runs++;
    var failure = fails.test(plan) ? "broken" : "";
    long millis = plan.conditions().durationMillis();
    return new Simulation.Outcome(plan, failure, List.of(), 1, millis, 1, 1, 1, true, new Marks());
  }

  private Simulation.Plan shrink(int runsMax, Predicate<Simulation.Plan> fails) {
    return new Shrinker(judge(PLAN, fails), runsMax, plan -> judge(plan, fails)).shrink().plan();
  }

  @Test
  void onlyTheFaultsThatItTakesAreLeft() {
    var first = PLAN.faults().get(2);
    var second = PLAN.faults().get(PLAN.faults().size() - 3);

    var smaller = shrink(1_000, p -> p.faults().containsAll(List.of(first, second)));

    assertEquals(List.of(first, second), smaller.faults());
  }

  @Test
  void theRunEndsSoonAfterItsLastFault() {
    var fault = PLAN.faults().get(4);

    var smaller = shrink(1_000, p -> p.faults().contains(fault));

    assertTrue(smaller.conditions().durationMillis() <= fault.at() + 200);
  }

  @Test
  void aRunThatFailsWithoutAnyFaultHasNoneLeft() {
    assertEquals(List.of(), shrink(1_000, plan -> true).faults());
  }

  @Test
  void theSearchIsBounded() {
    var smaller = shrink(7, plan -> plan.faults().size() > 3);

    assertTrue(smaller.faults().size() > 3);
    assertEquals(8, runs);
  }
}
