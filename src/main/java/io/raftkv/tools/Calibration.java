package io.raftkv.tools;

import io.raftkv.base.Bytes;
import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.check.Action;
import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;

/**
 * Finds out whether versions are of one order over all keys and servers, as ours are: one client
 * updates some keys in turn, one after the other, through one server after the other.
 */
final class Calibration {
  private static final int UPDATES_EACH = 4;
  private static final int ATTEMPTS = 5;
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final List<ServerConfig> servers;
  private final Duration patience;
  private final Clients clients;
  private final Recorder recorder;
  private final Round round;
  private int updates;

  /**
   * @param servers those that take connections
   * @param round where it notes what it asked, and whose keys it uses
   */
  Calibration(
      List<ServerConfig> servers,
      Duration patience,
      Clients clients,
      Recorder recorder,
      Round round) {
    this.servers = List.copyOf(servers);
    this.patience = patience;
    this.clients = clients;
    this.recorder = recorder;
    this.round = round;
  }

  /**
   * Whether all versions grew.
   *
   * @throws Failure if a server does not do what it is asked
   */
  boolean versionsAreGlobal() {
    long last = 0;
    boolean grew = true;
    for (int i = 0; i < UPDATES_EACH * servers.size(); i++) {
      int key = (i + i / servers.size()) % round.keys().size();
      long version = update(servers.get(i % servers.size()), key);
      grew &= version > last;
      last = version;
    }
    return grew;
  }

  /** A cluster that has just begun may need more than one attempt. */
  private long update(ServerConfig server, int key) {
    var problem = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try (var connection = KvClient.connect(server.hostname(), server.clientPort(), patience)) {
        var answer = ask(connection, clients.connected(server), key);
        if (!answer.isUnknown()) {
          return answer.version();
        }
        problem = answer.toString();
      } catch (ProtocolException wrong) {
        recorder.misbehaved(server, wrong);
        return 0;
      } catch (IOException failure) {
        problem = failure.getMessage();
      }
      Waiting.pause(PAUSE);
    }
    throw new Failure(
        ExitStatus.UNEXPECTED,
        "server %d on %s:%d takes connections, but a set is not answered with OK: %s"
            .formatted(server.id(), server.hostname(), server.clientPort(), problem));
  }

  private Answer ask(KvClient connection, int client, int index) throws IOException {
    updates++;
    var action = new Action.Set(0, Bytes.utf8("calibration " + updates));
    var asked = new Asked(Verb.SET, index, round.key(index), action);
    return recorder.ask(connection, client, round, List.of(asked)).get(0);
  }
}
