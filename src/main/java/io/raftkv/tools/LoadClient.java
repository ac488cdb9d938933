package io.raftkv.tools;

import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;

/**
 * One thread that asks: over a connection to its own server, or to another while that one takes
 * none. After a break it is a new client, for what it had asked may still take effect.
 */
final class LoadClient implements Runnable {
  private static final Duration ASTRAY_MAX = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final List<ServerConfig> servers;
  private final int home;
  private final Duration patience;
  private final Workload workload;
  private final Scene scene;
  private final Pace pace;

  /**
   * What all clients share.
   *
   * @param clients numbers connections
   */
  record Scene(Clients clients, Rounds rounds, Recorder recorder) {}

  /**
   * @param servers all of them
   * @param home which of them is this client's own
   * @param patience how long it waits for an answer
   */
  LoadClient(
      List<ServerConfig> servers,
      int home,
      Duration patience,
      Workload workload,
      Scene scene,
      Pace pace) {
    this.servers = List.copyOf(servers);
    this.home = home;
    this.patience = patience;
    this.workload = workload;
    this.scene = scene;
    this.pace = pace;
  }

  @Override
  public void run() {
    int refusals = 0;
    while (!pace.isOver()) {
      int turn = refusals % servers.size();
      var server = servers.get((home + turn) % servers.size());
      try (var connection = KvClient.connect(server.hostname(), server.clientPort(), patience)) {
        refusals = 0;
        use(connection, server, turn == 0 ? Duration.ofDays(1) : ASTRAY_MAX);
      } catch (ProtocolException wrong) {
        scene.recorder.misbehaved(server, wrong);
        return;
      } catch (IOException broken) {
        refusals++;
        pace.rest(PAUSE);
      }
    }
  }

  private void use(KvClient connection, ServerConfig server, Duration length) throws IOException {
    int client = scene.clients.connected(server);
    long until = System.nanoTime() + length.toNanos();
    while (!pace.isOver() && until - System.nanoTime() > 0) {
      if (scene.recorder.isFull()) {
        pace.rest(PAUSE);
        continue;
      }
      var round = scene.rounds.enter(workload.wantsLong());
      try {
        var burst = workload.burst(round, client);
        scene.recorder.ask(connection, client, round, burst);
        pace.spent(burst.size());
      } finally {
        scene.rounds.leave(round);
      }
      pace.await();
    }
  }
}
