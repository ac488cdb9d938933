package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.sim.Simulation;
import io.raftkv.sim.Totals;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Many simulations on several threads, told in the order of their plans; ends at a failure. */
final class Campaign {
  private static final int AHEAD_PER_THREAD = 4;

  private final int threads;
  private final Consumer<Totals> progress;
  private final Totals totals = new Totals();

  /**
   * @param progress is told after each run what all so far come to
   */
  Campaign(int threads, Consumer<Totals> progress) {
    this.threads = threads;
    this.progress = progress;
  }

  Totals totals() {
    return totals;
  }

  /** Runs the plans, for as long as there are any; returns the first that failed. */
  Optional<Simulation.Outcome> run(Iterator<Simulation.Plan> plans) {
    var executor = Executors.newFixedThreadPool(threads);
    try {
      return run(plans, executor);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitStatus.UNEXPECTED, "the simulation was interrupted");
    } finally {
      executor.shutdownNow();
    }
  }

  private Optional<Simulation.Outcome> run(
      Iterator<Simulation.Plan> plans, ExecutorService executor) throws InterruptedException {
    var underWay = new ArrayDeque<Future<Simulation.Outcome>>();
    while (plans.hasNext() || !underWay.isEmpty()) {
      while (plans.hasNext() && underWay.size() < AHEAD_PER_THREAD * threads) {
        var plan = plans.next();
        underWay.add(executor.submit(() -> Simulation.run(plan)));
      }
      var outcome = outcome(underWay.remove());
      totals.add(outcome);
      progress.accept(totals);
      if (!outcome.isGood()) {
        return Optional.of(outcome);
      }
    }
    return Optional.empty();
  }

  private static Simulation.Outcome outcome(Future<Simulation.Outcome> run)
      throws InterruptedException {
    try {
      return run.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the simulator itself failed", e.getCause());
    }
  }
}
