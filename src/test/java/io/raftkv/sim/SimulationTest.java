package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whole clusters in virtual time, for as long as the gate can afford; {@code ./run.sh simulate
 * --minutes M} goes on for longer.
 */
@Timeout(value = 12, unit = TimeUnit.HOURS)
class SimulationTest {
  private static final int CPU_SECONDS = Integer.getInteger("raftkv.simulationSeconds", 70);
  private static final int TWICE = Integer.getInteger("raftkv.simulationTwice", 30);

  private static Simulation.Outcome run(long seed, boolean bytes) {
    return Simulation.run(Simulation.Plan.of(seed, Profile.of(seed), bytes));
  }

  /** A failure names the seed, and the command that replays it. */
  private static void assertGood(Simulation.Outcome outcome) {
    var plan = outcome.plan();
    assertTrue(
        outcome.isGood(),
        () ->
            "%s; last events:%n%s%nreplay: ./run.sh simulate --seed %d --profile %s%s --events"
                .formatted(
                    outcome.failure(),
                    String.join(System.lineSeparator(), outcome.lastEvents()),
                    plan.seed(),
                    plan.profile().word(),
                    plan.bytes() ? "" : " --fast"));
  }

  @Test
  void whatOnceFailedIsGood() {
    RegressionSeeds.plans().forEach(plan -> assertGood(Simulation.run(plan)));
  }

  @Test
  void whateverAFreshSeedDrawsNoPromiseIsBroken() {
    var thread = ManagementFactory.getThreadMXBean();
    long end = thread.getCurrentThreadCpuTime() + CPU_SECONDS * 1_000_000_000L;
    long first = Math.floorMod(System.nanoTime(), 1_000_000_000L);
    long seed = first;
    for (; thread.getCurrentThreadCpuTime() < end; seed++) {
      assertGood(run(seed, seed % 4 != 0));
    }
    System.out.println("simulated the seeds from " + first + " to " + (seed - 1));
  }

  @Test
  void equalSeedsGiveEqualTraces() {
    for (long seed = 1; seed <= TWICE; seed++) {
      assertEquals(run(seed, true).traceHash(), run(seed, true).traceHash(), "seed " + seed);
    }
  }

  @Test
  void differentSeedsGiveDifferentTraces() {
    long different =
        LongStream.rangeClosed(1, 5).map(seed -> run(seed, false).traceHash()).distinct().count();

    assertEquals(5, different);
  }

  @Test
  void aPlanWithoutOneOfItsFaultsIsAnotherRun() {
    var plan = Simulation.Plan.of(3, Profile.MIXED, false);
    var fewer = plan.with(plan.faults().subList(1, plan.faults().size()));

    var whole = Simulation.run(plan);
    var smaller = Simulation.run(fewer);

    assertNotEquals(whole.traceHash(), smaller.traceHash());
    assertTrue(smaller.isGood(), smaller.failure());
  }

  @Test
  void aListenerHearsAllThatHappens() {
    var lines = new ArrayList<String>();
    var plan = Simulation.Plan.of(1, Profile.CALM, false).lasting(2_000);

    var outcome = Simulation.run(plan, lines::add);

    assertTrue(lines.stream().anyMatch(line -> line.contains("becomes LEADER")));
    assertEquals(Simulation.run(plan).traceHash(), outcome.traceHash());
  }
}
