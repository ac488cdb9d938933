package io.raftkv.tools;

import io.raftkv.base.Bytes;
import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The servers under test, and which of them were killed. */
final class Fleet {
  private static final Duration DEATH_MAX = Duration.ofSeconds(10);
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration RESTART_MAX = Duration.ofSeconds(15);

  private final List<ServerConfig> servers;
  private final ServerControl control;
  private final Journal journal;
  private final Duration restartMax;
  private final TreeSet<Integer> dead = new TreeSet<>();
  private boolean hopeless;

  Fleet(List<ServerConfig> servers, ServerControl control, Journal journal) {
    this(servers, control, journal, RESTART_MAX);
  }

  /** As above; without a way to start servers waits {@code restartMax} for somebody to do it. */
  Fleet(List<ServerConfig> servers, ServerControl control, Journal journal, Duration restartMax) {
    this.restartMax = restartMax;
    this.servers = List.copyOf(servers);
    this.control = control;
    this.journal = journal;
  }

  List<ServerConfig> all() {
    return servers;
  }

  List<ServerConfig> alive() {
    return servers.stream().filter(server -> !dead.contains(server.id())).toList();
  }

  List<ServerConfig> dead() {
    return servers.stream().filter(server -> dead.contains(server.id())).toList();
  }

  int majority() {
    return servers.size() / 2 + 1;
  }

  /** How many servers may be missing while the others serve. */
  int dispensable() {
    return servers.size() - majority();
  }

  /**
   * Waits until every server takes connections, each at most {@code limit}.
   *
   * @throws Failure if one does not
   */
  void awaitAll(Duration limit) {
    for (var server : servers) {
      if (!Waiting.until(limit, () -> accepts(server))) {
        throw new Failure(
            ExitStatus.UNEXPECTED,
            "server %d does not take connections on %s:%d; start the cluster first, with ./run.sh"
                .formatted(server.id(), server.hostname(), server.clientPort()));
      }
    }
  }

  String whyNotKill() {
    return control.whyNotKill();
  }

  /** Whether a server that was killed can be brought back, as far as is known. */
  boolean canRevive() {
    return control.canStart() || !hopeless;
  }

  /** Kills a server, and waits until its connections have ended. */
  void kill(ServerConfig server) throws IOException {
    try (var witness = KvClient.connect(server.hostname(), server.clientPort(), DEATH_MAX)) {
      var how = control.kill(server);
      dead.add(server.id());
      journal.detail("kill server " + server.id() + ": " + how);
      Trial.check(
          witness.overheard(DEATH_MAX).isPresent(),
          "server %d still holds its connections %d s after it was killed"
              .formatted(server.id(), DEATH_MAX.toSeconds()));
    }
  }

  /** Starts a server again, and waits until it takes connections; returns whether it does. */
  boolean revive(ServerConfig server) {
    if (!canRevive()) {
      return false;
    }
    journal.detail("start server " + server.id() + ": " + control.start(server));
    if (Waiting.until(control.canStart() ? START_MAX : restartMax, () -> accepts(server))) {
      dead.remove(server.id());
      return true;
    }
    Trial.check(
        !control.canStart(),
        "server %d takes no connections %d s after its start"
            .formatted(server.id(), START_MAX.toSeconds()));
    hopeless = true;
    journal.detail("server " + server.id() + " stays dead: there is no --start-command");
    return false;
  }

  /** Starts all that are dead; returns whether all are alive. */
  boolean reviveAll() {
    boolean whole = true;
    for (var server : new ArrayList<>(dead())) {
      whole = revive(server) && whole;
    }
    return whole;
  }

  static boolean accepts(ServerConfig server) {
    try (var client =
        KvClient.connect(server.hostname(), server.clientPort(), Duration.ofSeconds(1))) {
      client.send(Bytes.EMPTY);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }
}
