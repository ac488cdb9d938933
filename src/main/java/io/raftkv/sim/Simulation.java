package io.raftkv.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One run, decided by one number: faults, then a recovery, then a judgement of all answers. */
public final class Simulation {
  private final Plan plan;
  private final Chance chance;
  private final World world;
  private boolean isDecided = true;

  /**
   * What a run goes through.
   *
   * @param bytes whether messages and logs are bytes, as in a real server
   */
  public record Plan(
      long seed, Profile profile, Conditions conditions, List<Fault> faults, boolean bytes) {
    public Plan {
      faults = List.copyOf(faults);
    }

    /** What the seed draws. */
    public static Plan of(long seed, Profile profile, boolean bytes) {
      var chance = new Chance(seed);
      var conditions = profile.draw(chance.stream("conditions"));
      var faults = Fault.plan(profile, conditions, chance.stream("faults"));
      return new Plan(seed, profile, conditions, faults, bytes);
    }

    /** The same with these faults instead. */
    public Plan with(List<Fault> others) {
      return new Plan(seed, profile, conditions, others, bytes);
    }

    /** The same, but faults and clients end after so many milliseconds. */
    public Plan lasting(int millis) {
      return new Plan(seed, profile, conditions.withDurationMillis(millis), faults, bytes);
    }
  }

  /**
   * What came of a run.
   *
   * @param failure what was violated, empty if nothing was
   * @param lastEvents what happened last, oldest first; empty if nothing was violated
   * @param traceHash the same for equal runs
   * @param simulatedMillis how much virtual time went by
   * @param events how many things happened
   * @param asked how many requests clients made
   * @param answered how many of them were served
   * @param isDecided whether the clients' history alone could be judged with the effort allowed
   */
  public record Outcome(
      Plan plan,
      String failure,
      List<String> lastEvents,
      long traceHash,
      long simulatedMillis,
      long events,
      long asked,
      long answered,
      boolean isDecided,
      Marks marks) {
    public boolean isGood() {
      return failure.isEmpty();
    }
  }

  private Simulation(Plan plan, Trace trace) {
    this.plan = plan;
    chance = new Chance(plan.seed());
    world = new World(plan.conditions(), chance, plan.bytes(), trace);
  }

  /** Runs the plan. */
  public static Outcome run(Plan plan) {
    return new Simulation(plan, new Trace(Optional.empty())).run();
  }

  /** Runs the plan, and tells the listener, line by line, all that happens in it. */
  public static Outcome run(Plan plan, Consumer<String> listener) {
    return new Simulation(plan, new Trace(Optional.of(listener))).run();
  }

  private Outcome run() {
    try {
      live();
      return outcome("");
    } catch (RuntimeException | AssertionError failure) {
      return outcome(describe(failure));
    }
  }

  private void live() {
    startServers();
    world.clients().start();
    world.nemesis().plan(plan.faults());
    world.timeline().runUntil(plan.conditions().durationMillis() * Timeline.MILLI);
    if (!world.observer().founding().isForgone()) {
      new Recovery(world, chance.stream("recovery")).run();
      judge();
    }
  }

  /**
   * Where a majority may form the cluster, or a state is there to begin with, the others may come
   * later; where both is so, also whoever holds the state, when others are about to form one
   * without it.
   */
  private void startServers() {
    var random = chance.stream("starts");
    boolean form = plan.conditions().form();
    boolean someComeLater = form || plan.conditions().restored();
    int timeout = plan.conditions().electionTimeoutMillis();
    for (var server : world.servers()) {
      boolean isFounder = server.id() == world.heritage().founder();
      int odds = random.nextInt(6);
      boolean isLate = isFounder ? form && odds > 1 : someComeLater && odds > 3;
      int millis = isLate ? random.nextInt(isFounder ? timeout / 10 : 4 * timeout) : 0;
      world.timeline().at(millis * Timeline.MILLI, server::start);
    }
  }

  private void judge() {
    var keys = world.clients().keysWithProbes();
    var observer = world.observer();
    var operations = new ArrayList<>(world.heritage().operations());
    operations.addAll(world.clients().operations());
    new LogJudge(observer.committed(), observer.time(), keys, world.marks()).judge(operations);
    isDecided = HistoryJudge.isDecided(operations, observer.time());
  }

  private static String describe(Throwable failure) {
    if (failure instanceof Violation) {
      return String.valueOf(failure.getMessage());
    }
    var at = failure.getStackTrace();
    return failure + (at.length > 0 ? " at " + at[0] : "");
  }

  private Outcome outcome(String failure) {
    var trace = world.observer().trace();
    var operations = world.clients().operations();
    return new Outcome(
        plan,
        failure,
        failure.isEmpty() ? List.of() : trace.last(200),
        trace.hash(),
        world.timeline().now() / Timeline.MILLI,
        world.timeline().events(),
        operations.size(),
        operations.stream().filter(ClientOperation::isKnown).count(),
        isDecided,
        world.marks());
  }
}
