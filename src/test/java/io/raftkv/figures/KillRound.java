package io.raftkv.figures;

import io.raftkv.config.ServerConfig;
import io.raftkv.figures.Phase.Proof;
import io.raftkv.figures.Phase.Victim;
import io.raftkv.tools.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One round: a load, servers that are killed in a phase, and whether nothing is lost by it. */
final class KillRound {
  private static final Duration LEADER_MAX = Duration.ofSeconds(20);
  private static final Duration SERVE_MAX = Duration.ofSeconds(60);
  private static final Duration WATCH = Duration.ofSeconds(3);
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final int WRITES_BEFORE = 200;
  private static final int NOBODY = -1;

  private final Crew crew;
  private final Setup setup;
  private final WriteLoad load;
  private final TreeSet<Integer> dead = new TreeSet<>();
  private long firstKillNanos;
  private long killedNanos;

  /**
   * What a round is about.
   *
   * @param watched the server that the phase is about
   * @param leaving the member that is to be none any more, or -1
   * @param random decides what the round draws
   */
  record Setup(Victim victim, int watched, int leaving, Random random) {
    /** A phase in the life of one member's data. */
    static Setup ofMember(Crew crew, Victim victim, Random random) {
      return new Setup(victim, crew.anyMember(random), NOBODY, random);
    }

    /** A phase in which the outsider takes a member's place. */
    static Setup ofOutsider(Crew crew, Victim victim, Random random) {
      return new Setup(victim, crew.outsider(), crew.anyMember(random), random);
    }
  }

  /**
   * What came of it.
   *
   * @param againMillis how long no write was acknowledged
   * @param wrong writes that were lost, and answers that were wrong
   */
  record Result(Proof proof, long acknowledged, long againMillis, List<String> wrong) {}

  /** The load's keys begin with {@code name}, which no other round may have. */
  KillRound(String name, Crew crew, Setup setup, WriteLoad.Shape shape) throws IOException {
    this.crew = crew;
    this.setup = setup;
    load = new WriteLoad(name, loaded(), shape);
  }

  /** Clients talk to those that are members before and after; the others still get the data. */
  private List<ServerConfig> loaded() {
    return crew.members().stream()
        .filter(id -> id != setup.leaving)
        .map(id -> cluster().server(id))
        .toList();
  }

  /**
   * Runs it.
   *
   * @param chains all that was written before, to which this round's are added
   */
  Result run(Phase phase, List<Chain> chains) throws IOException, InterruptedException {
    load.start();
    if (!Waiting.until(SERVE_MAX, () -> load.acknowledged() >= WRITES_BEFORE)) {
      throw new IllegalStateException("nothing is acknowledged");
    }
    phase.reach(this);
    kill();
    var proof = phase.proof(this);
    startDead();
    long again = setup.victim == Victim.ALL ? awaitAnyServing() : watchLoad();
    awaitServing();
    phase.settle(this);
    crew.members().forEach(cluster()::awaitServing);
    chains.addAll(load.chains());
    var wrong = new ArrayList<>(load.complaints());
    wrong.addAll(Verdict.of(chains, cluster().server(crew.anyMember(setup.random))));
    if (!cluster().endedAlone().isEmpty()) {
      wrong.add("servers that were not killed have ended: " + cluster().endedAlone());
    }
    return new Result(proof, load.acknowledged(), again / 1_000_000, wrong);
  }

  /** Returns after how long the first of those that were all killed serves again. */
  private long awaitAnyServing() throws InterruptedException {
    var first = new ArrayBlockingQueue<Long>(loaded().size());
    for (var server : loaded()) {
      var probe = new Thread(() -> probe(server, first), "probe-" + server.id());
      probe.setDaemon(true);
      probe.start();
    }
    var served = first.poll(SERVE_MAX.toSeconds(), TimeUnit.SECONDS);
    if (served == null) {
      throw new IllegalStateException("no server serves again");
    }
    return served - killedNanos;
  }

  private static void probe(ServerConfig server, ArrayBlockingQueue<Long> first) {
    if (Waiting.until(SERVE_MAX, () -> !first.isEmpty() || RealCluster.serves(server))) {
      first.offer(System.nanoTime());
    }
  }

  /** Lets the load go on for a while, ends it, and returns the longest time without an answer. */
  private long watchLoad() throws InterruptedException {
    Waiting.pause(WATCH);
    long before = load.acknowledged();
    if (!Waiting.until(SERVE_MAX, () -> load.acknowledged() > before)) {
      throw new IllegalStateException("nothing is acknowledged any more");
    }
    long end = System.nanoTime();
    load.stop(DRAIN);
    return load.acknowledgements().longestGap(firstKillNanos, end);
  }

  private void awaitServing() {
    loaded().forEach(server -> cluster().awaitServing(server.id()));
  }

  /** kill -9 of the victims, which stay dead until {@link #startDead}. */
  void kill() {
    var ids = victims();
    killedNanos = System.nanoTime();
    cluster().kill(ids.stream().mapToInt(Integer::intValue).toArray());
    dead.addAll(ids);
    firstKillNanos = firstKillNanos == 0 ? killedNanos : firstKillNanos;
    if (setup.victim == Victim.ALL) {
      stopLoad();
    }
  }

  /** The one that is watched comes first: its phase may be over in a moment. */
  private List<Integer> victims() {
    return switch (setup.victim) {
      case ONE -> List.of(setup.watched);
      case LEADER -> List.of(leader());
      case ALL ->
          cluster().servers().stream().map(ServerConfig::id).filter(cluster()::isStarted).toList();
    };
  }

  private int leader() {
    if (!Waiting.until(LEADER_MAX, () -> cluster().leader().isPresent())) {
      throw new IllegalStateException("no server says who leads");
    }
    return cluster().leader().orElseThrow();
  }

  private void stopLoad() {
    try {
      load.stop(Duration.ZERO);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  /** Starts those that were killed. */
  void startDead() throws IOException {
    for (int id : dead) {
      cluster().start(id);
    }
    dead.clear();
  }

  /** The newcomer is a member now, and who was to leave is none. */
  void replaced() throws IOException {
    crew.replaced(setup.leaving);
  }

  RealCluster cluster() {
    return crew.cluster();
  }

  MemberRequests requests() {
    return new MemberRequests(cluster());
  }

  List<Integer> members() {
    return crew.members();
  }

  Path data(int id) {
    return cluster().data(id);
  }

  int watched() {
    return setup.watched;
  }

  int leaving() {
    return setup.leaving;
  }

  Random random() {
    return setup.random;
  }

  /** When the victims were killed the last time. */
  long killedNanos() {
    return killedNanos;
  }
}
