package io.raftkv.tools;

import io.raftkv.base.Bytes;
import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.check.Action;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/** One run of the check: clients ask, servers may be disturbed, rounds are judged. */
final class CheckRun {
  private static final Duration FIRST_SERVER_MAX = Duration.ofSeconds(3);
  private static final Duration ALL_SERVERS_MAX = Duration.ofSeconds(20);
  private static final Duration PATIENCE_BEYOND_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(3);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);
  private static final Duration JUDGEMENT_MAX = Duration.ofMinutes(2);
  private static final Duration CLEAN_UP_MAX = Duration.ofSeconds(5);
  private static final int INTERRUPTED_MILLIS_MAX = 5_000;
  private static final int CALIBRATION_KEYS = 3;

  private final ClusterConfig cluster;
  private final CheckOptions options;
  private final ServerControl control;
  private final Journal journal;
  private final Fleet fleet;
  private final Duration patience;
  private final SplittableRandom random;
  private final Keys keys = Keys.random("check");
  private final Tally tally = new Tally();
  private final Findings findings = new Findings();
  private final Clients clients = new Clients();
  private final CountDownLatch over = new CountDownLatch(1);

  CheckRun(ClusterConfig cluster, CheckOptions options, ServerControl control, Journal journal) {
    this.cluster = cluster;
    this.options = options;
    this.control = control;
    this.journal = journal;
    this.fleet = new Fleet(cluster.servers(), control, journal);
    this.patience =
        Duration.ofMillis(cluster.options().requestTimeoutMillis()).plus(PATIENCE_BEYOND_TIMEOUT);
    this.random = new SplittableRandom(options.seed());
  }

  /**
   * Runs to the end; returns whether all answers are linearizable.
   *
   * @throws Failure if it cannot begin
   */
  boolean run() {
    if (options.kill() && fleet.dispensable() == 0) {
      throw new Failure(
          ExitStatus.CONFIGURATION,
          "--kill needs 3 servers at least: none of %d can be missing"
              .formatted(fleet.all().size()));
    }
    try (var file = new HistoryFile(options.history(), clients)) {
      var judge = new Judge(tally, findings, file);
      disturbAndAsk(judge);
      judge.finish(JUDGEMENT_MAX);
    } catch (IOException failure) {
      findings.undecided("the history cannot be written: " + failure.getMessage());
    }
    return report();
  }

  private void disturbAndAsk(Judge judge) {
    boolean global = calibrate(judge, present());
    long calibrated = tally.answers();
    var order = global ? Optional.of(new VersionOrder()) : Optional.<VersionOrder>empty();
    var recorder = new Recorder(tally, findings, order);
    var rounds = new Rounds(name -> round(name, options.keys()), r -> judge.submit(r, global));
    var threads = startClients(new LoadClient.Scene(clients, rounds, recorder));
    var disturbance = new Disturbance(fleet, control, random.split(), tally, journal);
    if (options.kill()) {
      disturbance.start();
    }
    try {
      watch(rounds, disturbance);
    } finally {
      if (options.kill()) {
        disturbance.stop();
      }
      endClients(threads);
    }
    disturbance.complaint().ifPresent(findings::undecided);
    if (tally.answers() == calibrated) {
      findings.undecided("nothing was answered any more");
    }
    readAll(rounds, recorder);
    if (!rounds.end()) {
      findings.undecided("a connection hangs");
    }
  }

  /** The servers that take connections: at least one, or all if some are to be killed. */
  private List<ServerConfig> present() {
    if (options.kill()) {
      fleet.awaitAll(ALL_SERVERS_MAX);
      return fleet.all();
    }
    var present = new ArrayList<ServerConfig>();
    Waiting.until(
        FIRST_SERVER_MAX,
        () -> {
          fleet.all().stream().filter(Fleet::accepts).forEach(present::add);
          return !present.isEmpty();
        });
    if (present.isEmpty()) {
      throw new Failure(
          ExitStatus.UNEXPECTED,
          "none of the %d servers takes connections; start the cluster first, with ./run.sh"
              .formatted(fleet.all().size()));
    }
    for (var server : fleet.all()) {
      if (!present.contains(server)) {
        journal.detail("server " + server.id() + " takes no connections");
      }
    }
    return present;
  }

  private boolean calibrate(Judge judge, List<ServerConfig> servers) {
    var round = round("calibration", CALIBRATION_KEYS);
    var recorder = new Recorder(tally, findings, Optional.empty());
    boolean global =
        new Calibration(servers, patience, clients, recorder, round).versionsAreGlobal();
    judge.submit(round, global);
    journal.line(
        global
            ? "versions grow over all keys and servers, and are judged so"
            : "note: versions do not grow over all keys and servers; they are judged key by key");
    return global;
  }

  private Round round(String name, int size) {
    var chosen = new ArrayList<Bytes>();
    for (int i = 0; i < size; i++) {
      chosen.add(Bytes.utf8(keys.key(name + "-k" + i)));
    }
    return new Round(chosen);
  }

  private List<Thread> startClients(LoadClient.Scene scene) {
    var servers = cluster.servers();
    int count = options.clients() * servers.size();
    long nanosPerOperation = 1_000_000_000L * count / options.rate();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < count; i++) {
      var workload = new Workload(random.split());
      var pace = new Pace(nanosPerOperation, random.split(), over);
      var client = new LoadClient(servers, i % servers.size(), patience, workload, scene, pace);
      var thread = new Thread(client, "client-" + i);
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler(
          (who, failure) -> findings.undecided(who.getName() + " failed: " + failure));
      threads.add(thread);
    }
    threads.forEach(Thread::start);
    return threads;
  }

  /** Lets them ask, until the time is up or something is wrong. */
  private void watch(Rounds rounds, Disturbance disturbance) {
    long start = System.nanoTime();
    long said = start;
    while (System.nanoTime() - start < options.length().toNanos()
        && findings.violation().isEmpty()
        && disturbance.complaint().isEmpty()) {
      Waiting.pause(LOOK_EVERY);
      rounds.turn();
      long now = System.nanoTime();
      if (now - said >= PROGRESS_EVERY.toNanos()) {
        said = now;
        journal.line("%3d s: %s".formatted((now - start) / 1_000_000_000, tally.progress()));
      }
    }
  }

  /** Waits for answers that are still to come, unless it is clear already that they are wrong. */
  private void endClients(List<Thread> threads) {
    over.countDown();
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      for (var thread : threads) {
        while (thread.isAlive()
            && findings.violation().isEmpty()
            && deadline - System.nanoTime() > 0) {
          thread.join(LOOK_EVERY.toMillis());
        }
      }
      threads.forEach(Thread::interrupt);
      for (var thread : threads) {
        thread.join(INTERRUPTED_MILLIS_MAX);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads the keys that lived longest, through every server, when all is quiet. */
  private void readAll(Rounds rounds, Recorder recorder) {
    if (findings.violation().isPresent()) {
      return;
    }
    var round = rounds.enter(true);
    for (var server : fleet.alive()) {
      try (var connection = KvClient.connect(server.hostname(), server.clientPort(), patience)) {
        var reads = new ArrayList<Asked>();
        for (int i = 0; i < round.keys().size(); i++) {
          reads.add(new Asked(Verb.GETM, i, round.key(i), new Action.GetMeta()));
        }
        recorder.ask(connection, clients.connected(server), round, reads);
      } catch (ProtocolException wrong) {
        recorder.misbehaved(server, wrong);
      } catch (IOException failure) {
        journal.detail("server " + server.id() + " is not read: " + failure.getMessage());
      }
    }
    rounds.leave(round);
  }

  private boolean report() {
    journal.line(tally.summary());
    var violation = findings.violation();
    if (violation.isPresent()) {
      journal.line("keys that begin with " + keys.prefix() + " are left as they are");
      Counterexample.lines(violation.get(), clients).forEach(journal::line);
      return false;
    }
    removeKeys();
    if (findings.doubt().isPresent()) {
      journal.line("undecided: " + findings.doubt().get());
      return false;
    }
    journal.line("linearizable: " + tally.operations() + " operations");
    return true;
  }

  private void removeKeys() {
    for (var server : fleet.alive()) {
      try (var client = KvClient.connect(server.hostname(), server.clientPort(), CLEAN_UP_MAX)) {
        keys.remove(client);
        return;
      } catch (IOException failure) {
        journal.detail(
            "keys are not deleted through server " + server.id() + ": " + failure.getMessage());
      }
    }
  }
}
