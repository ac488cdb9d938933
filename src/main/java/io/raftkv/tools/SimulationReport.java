package io.raftkv.tools;

import io.raftkv.sim.Mark;
import io.raftkv.sim.Profile;
import io.raftkv.sim.Simulation;
import io.raftkv.sim.Totals;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** What {@link Simulate} says. */
final class SimulationReport {
  /** After so much simulated time, a state that never came up has been missed, not just unlucky. */
  private static final long LONG_RUN_MILLIS = Duration.ofHours(5).toMillis();

  private static final int RAREST = 10;

  private final PrintStream out;

  SimulationReport(PrintStream out) {
    this.out = out;
  }

  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  /** What the plan of one run is, whole: anybody may judge how hard it is. */
  void plan(Simulation.Plan plan) {
    say("seed %d, profile %s, %s", plan.seed(), plan.profile().word(), mode(plan.bytes()));
    say("  %s", plan.conditions());
    var drawn = Simulation.Plan.of(plan.seed(), plan.profile(), plan.bytes()).faults();
    for (var fault : plan.faults()) {
      say("  fault %d: %s", drawn.indexOf(fault), fault);
    }
  }

  private static String mode(boolean bytes) {
    return bytes ? "real bytes on wire and disk" : "records instead of bytes";
  }

  void begin(long firstSeed) {
    say("seeds from %d", firstSeed);
  }

  void progress(Totals totals) {
    say("%,d runs, %.2f simulated hours, no violation", totals.all().runs(), hours(totals.all()));
  }

  private static double hours(Totals.Share share) {
    return share.simulatedMillis() / 3_600_000.0;
  }

  /** What broke, and what happened before it. */
  void failure(Simulation.Outcome outcome, int eventsShown) {
    var events = outcome.lastEvents();
    say("the last events:");
    events
        .subList(Math.max(0, events.size() - eventsShown), events.size())
        .forEach(event -> say("  %s", event));
    say("VIOLATED with seed %d: %s", outcome.plan().seed(), outcome.failure());
  }

  void smaller(Simulation.Outcome outcome) {
    var plan = outcome.plan();
    say("%d faults in %d ms are enough:", plan.faults().size(), plan.conditions().durationMillis());
    plan.faults().forEach(fault -> say("  %s", fault));
    say("  %s", outcome.failure());
  }

  /** Whether a run that was long enough has seen every state that it is there to see. */
  boolean hasSeenAll(Totals totals) {
    if (totals.all().simulatedMillis() < LONG_RUN_MILLIS || isOneSided(totals)) {
      return true;
    }
    var missing = totals.marks().missing();
    missing.forEach(mark -> say("NEVER SEEN in so long a run: %s", mark.meaning()));
    return missing.isEmpty();
  }

  /** One profile alone need not see what belongs to the others. */
  private static boolean isOneSided(Totals totals) {
    for (var profile : Profile.values()) {
      if (totals.share(profile).runs() == 0) {
        return true;
      }
    }
    return false;
  }

  /** The report at the end. */
  void end(Totals totals, boolean good) {
    for (var profile : Profile.values()) {
      var share = totals.share(profile);
      if (share.runs() > 0) {
        say(
            "%-6s %,7d runs %8.2f simulated hours %,12d events %,10d requests, %.1f %% answered",
            profile.word(),
            share.runs(),
            hours(share),
            share.events(),
            share.asked(),
            100.0 * share.answered() / Math.max(1, share.asked()));
      }
    }
    say(
        "%,d of %,d histories were too much for the checker and judged by the log alone",
        totals.all().undecided(), totals.all().runs());
    say("seen least often:");
    for (Mark mark : totals.marks().rarest(RAREST)) {
      say("  %,8d  %s", totals.marks().count(mark), mark.meaning());
    }
    var cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    say(
        "%,d runs, %.2f simulated hours, %d simulated seconds per CPU second: %s",
        totals.all().runs(),
        hours(totals.all()),
        totals.all().simulatedMillis() / Math.max(1, cpu.toMillis()),
        good ? "nothing was violated" : "FAILED");
  }

  /** So that anyone can check that an equal run is equal. */
  void trace(Totals totals) {
    say("trace %016x", totals.traceHash());
  }
}
