package io.raftkv.figures;

import io.raftkv.figures.KillRound.Setup;
import io.raftkv.figures.Phase.Victim;
import io.raftkv.tools.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * kill -9 in each phase of the life of data, under load: of one server, of the leader, or of all at
 * once. After each kill all that was ever acknowledged must be read back, and each phase must have
 * been hit. It ends at the first write that is lost, so that the folders stay as they were.
 */
final class PhaseKill implements Figure {
  private static final WriteLoad.Shape SHAPE = new WriteLoad.Shape(8, 4, 16 << 10, true);

  /** What makes snapshots so large that writing, sending and reading one takes a while. */
  private static final WriteLoad.Shape FILLING = new WriteLoad.Shape(16, 16, 32 << 10, false);

  private static final int FILLINGS = 3;
  private static final int FILLING_WRITES = 512;
  private static final Duration FILLED_WITHIN = Duration.ofMinutes(2);
  private static final int ROUNDS = 2;

  /** How many rounds there are at most for each hit that is wanted. */
  private static final int TRIES = 3;

  private static final MemberPhase.Command[] COMMANDS = MemberPhase.Command.values();

  /** Some rounds of the same kind. */
  private record Part(String name, Victim victim, boolean ofMember, IntFunction<Phase> phase) {
    Setup setup(Crew crew, Random random) {
      return ofMember
          ? Setup.ofMember(crew, victim, random)
          : Setup.ofOutsider(crew, victim, random);
    }
  }

  private static List<Part> parts() {
    var parts = new ArrayList<Part>();
    for (var victim : List.of(Victim.ONE, Victim.ALL)) {
      add(parts, "snapshot-written", victim, FilePhase::snapshotWritten);
      add(parts, "snapshot-renamed", victim, FilePhase::snapshotRenamed);
      add(parts, "log-cut", victim, LogCutPhase::new);
      add(parts, "log-begun", victim, FilePhase::logBegun);
      add(parts, "recovery", victim, RecoveryPhase::new);
    }
    for (var victim : Victim.values()) {
      add(parts, "receiving", victim, ReceivePhase::new);
      int shift = 2 * victim.ordinal();
      parts.add(
          new Part(
              "member",
              victim,
              false,
              round -> new MemberPhase(COMMANDS[(round + shift) % COMMANDS.length])));
    }
    return parts;
  }

  private static void add(List<Part> parts, String name, Victim victim, Supplier<Phase> phase) {
    parts.add(new Part(name, victim, true, round -> phase.get()));
  }

  @Override
  public JsonObject take(Setting setting) throws IOException, InterruptedException {
    long seed = setting.seed() == 0 ? new Random().nextLong() : setting.seed();
    System.out.println("phase-kill: --seed " + seed);
    var random = new Random(seed);
    var chains = new ArrayList<Chain>();
    var wrong = new ArrayList<String>();
    var tallies = new ArrayList<KillTally>();
    try (var cluster = setting.cluster("phase-kill")) {
      cluster.startAll();
      cluster.servers().forEach(server -> cluster.awaitServing(server.id()));
      fill(cluster, chains);
      var crew = new Crew(cluster);
      for (var part : parts()) {
        if (part.name.startsWith(setting.only()) && wrong.isEmpty()) {
          var tally = new KillTally(part.name, part.victim);
          tallies.add(tally);
          int wanted = setting.roundsOr(ROUNDS);
          for (int i = 0; tally.hits() < wanted && i < TRIES * wanted && wrong.isEmpty(); i++) {
            wrong.addAll(tried(part, i, crew, random, chains, tally));
          }
        }
      }
      for (int id : wrong.isEmpty() ? crew.members() : List.<Integer>of()) {
        wrong.addAll(Verdict.of(chains, cluster.server(id)));
      }
    }
    return report(seed, tallies, wrong);
  }

  private static void fill(RealCluster cluster, List<Chain> chains)
      throws IOException, InterruptedException {
    for (int i = 0; i < FILLINGS; i++) {
      var load = new WriteLoad("filling-" + i, cluster.servers(), FILLING);
      load.start();
      if (!Waiting.until(FILLED_WITHIN, () -> load.acknowledged() >= FILLING_WRITES)) {
        throw new IllegalStateException("the cluster does not get full");
      }
      load.stop(FILLED_WITHIN);
      chains.addAll(load.chains());
    }
  }

  /** A cluster that does not come back is as wrong as a lost write. */
  private static List<String> tried(
      Part part, int number, Crew crew, Random random, List<Chain> chains, KillTally tally)
      throws IOException, InterruptedException {
    try {
      return round(part, number, crew, random, chains, tally);
    } catch (IllegalStateException failure) {
      return List.of("%s-%s-%d: %s".formatted(part.name, part.victim, number, failure));
    }
  }

  private static List<String> round(
      Part part, int number, Crew crew, Random random, List<Chain> chains, KillTally tally)
      throws IOException, InterruptedException {
    var victim = part.victim.name().toLowerCase(Locale.ROOT);
    var name = part.name + "-" + victim + "-" + number;
    long start = System.nanoTime();
    var setup = part.setup(crew, random);
    var result = new KillRound(name, crew, setup, SHAPE).run(part.phase.apply(number), chains);
    tally.add(result);
    System.out.println(
        "%s: server %d, %s (%s); %d writes, again after %d ms, %d wrong, %d s"
            .formatted(
                name,
                setup.watched(),
                result.proof().hit() ? "hit" : "NOT HIT",
                result.proof().words(),
                result.acknowledged(),
                result.againMillis(),
                result.wrong().size(),
                (System.nanoTime() - start) / 1_000_000_000));
    return result.wrong();
  }

  private static JsonObject report(long seed, List<KillTally> tallies, List<String> wrong) {
    System.out.println(KillTally.HEAD);
    tallies.forEach(tally -> System.out.println(tally.line()));
    var rows = new JsonArray();
    tallies.forEach(tally -> rows.add(tally.json()));
    return new JsonObject()
        .put("figure", "phase-kill")
        .put("good", wrong.isEmpty() && tallies.stream().allMatch(KillTally::isGood))
        .put("seed", seed)
        .put("acknowledged", tallies.stream().mapToLong(KillTally::acknowledged).sum())
        .put("phases", rows)
        .put("wrong", new JsonArray(wrong));
  }
}
