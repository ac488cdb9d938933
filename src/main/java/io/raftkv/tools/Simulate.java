package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.sim.Fault;
import io.raftkv.sim.RegressionSeeds;
import io.raftkv.sim.Shrinker;
import io.raftkv.sim.Simulation;
import io.raftkv.sim.Totals;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * {@code ./run.sh simulate}: clusters of real replicas in virtual time, each run decided by one
 * number, so that anybody can see again what somebody saw once.
 */
public final class Simulate {
  private static final long PROGRESS_NANOS = 2_000_000_000L;
  private static final long SEED_LIMIT = 1_000_000_000L;
  private static final int SHRINKING_RUNS_MAX = 400;
  private static final int EVENTS_SHOWN = 60;

  private final SimulateOptions options;
  private final PrintStream out;
  private final SimulationReport report;
  private long progressAt = System.nanoTime() + PROGRESS_NANOS;

  private Simulate(SimulateOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
    report = new SimulationReport(out);
  }

  /**
   * Runs the command and returns its exit status: 0 if nothing was violated, 1 if something was, 2
   * for a wrong command line.
   */
  public static int run(List<String> args) {
    return run(args, System.out, System.err);
  }

  static int run(List<String> args, PrintStream console, PrintStream errors) {
    var out = new PrintStream(console, true, StandardCharsets.UTF_8);
    silenceLogs();
    try {
      var options = SimulateOptions.parse(args);
      if (options.help()) {
        out.print(SimulateOptions.HELP);
        return ExitStatus.STOPPED.code();
      }
      var simulate = new Simulate(options, out);
      boolean good = options.isOneRun() ? simulate.runOne() : simulate.runMany();
      return good ? ExitStatus.STOPPED.code() : ExitStatus.UNEXPECTED.code();
    } catch (Failure failure) {
      errors.println(failure.getMessage());
      return failure.status().code();
    }
  }

  /** The files of simulated servers would tell of thousands of torn tails and full disks. */
  private static void silenceLogs() {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "logback-simulate.xml");
    }
  }

  private boolean runOne() {
    var plan = options.plan(options.seed().orElseThrow());
    report.plan(plan);
    var outcome = options.events() ? Simulation.run(plan, out::println) : Simulation.run(plan);
    var totals = new Totals();
    totals.add(outcome);
    if (!outcome.isGood()) {
      explain(outcome);
    }
    report.end(totals, outcome.isGood());
    report.trace(totals);
    return outcome.isGood();
  }

  private boolean runMany() {
    long first = options.seed().orElseGet(() -> (long) (new Random().nextDouble() * SEED_LIMIT));
    report.begin(first);
    var campaign = new Campaign(options.threads(), this::progress);
    var failed = campaign.run(plans(first));
    failed.ifPresent(this::explain);
    boolean good = failed.isEmpty() && report.hasSeenAll(campaign.totals());
    report.end(campaign.totals(), good);
    if (options.seeds().isPresent()) {
      report.trace(campaign.totals());
    }
    return good;
  }

  private Iterator<Simulation.Plan> plans(long first) {
    var known =
        options.seed().isPresent()
            ? Stream.<Simulation.Plan>empty()
            : RegressionSeeds.plans().stream();
    var fresh = LongStream.iterate(first, seed -> seed + 1).mapToObj(options::plan);
    if (options.seeds().isPresent()) {
      return Stream.concat(known, fresh.limit(options.seeds().getAsInt())).iterator();
    }
    long end = System.nanoTime() + options.minutes().orElse(1) * 60_000_000_000L;
    return Stream.concat(known, fresh.takeWhile(plan -> System.nanoTime() - end < 0)).iterator();
  }

  private void progress(Totals totals) {
    if (System.nanoTime() - progressAt >= 0) {
      progressAt = System.nanoTime() + PROGRESS_NANOS;
      report.progress(totals);
    }
  }

  /** Says what broke and how to see it again, then looks for a smaller run that breaks. */
  private void explain(Simulation.Outcome outcome) {
    report.failure(outcome, EVENTS_SHOWN);
    out.println("replay:  " + command(outcome.plan()) + " --events");
    if (options.only().isEmpty()) {
      out.println("looking for a smaller run that fails ...");
      var smaller = new Shrinker(outcome, SHRINKING_RUNS_MAX, Simulation::run).shrink();
      report.smaller(smaller);
      out.println("replay:  " + shrunkCommand(outcome.plan(), smaller.plan()) + " --events");
    }
  }

  private String command(Simulation.Plan plan) {
    var fast = plan.bytes() ? "" : " --fast";
    return "./run.sh simulate --seed %d --profile %s%s"
        .formatted(plan.seed(), plan.profile().word(), fast);
  }

  private String shrunkCommand(Simulation.Plan whole, Simulation.Plan smaller) {
    var numbers =
        smaller.faults().stream()
            .map((Fault fault) -> String.valueOf(whole.faults().indexOf(fault)))
            .collect(Collectors.joining(","));
    int millis = smaller.conditions().durationMillis();
    return command(smaller) + " --only \"" + numbers + "\" --millis " + millis;
  }
}
