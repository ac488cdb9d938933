package io.raftkv.figures;

import io.raftkv.base.Bytes;
import io.raftkv.tools.Answer;
import io.raftkv.tools.KvClient;
import io.raftkv.tools.ListeningProcess;
import io.raftkv.tools.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One connection to the first server of a fresh cluster, while the next three are ended by SIGTERM,
 * one after the other: answers after the first and the second, and after the third nothing, not
 * even the end of the connection, for ten seconds. Whoever leads.
 */
final class KillScript implements Figure {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final Duration START_MAX = Duration.ofSeconds(60);

  @Override
  public JsonObject take(Setting setting) throws IOException, InterruptedException {
    int rounds = setting.roundsOr(20);
    var wrong = new ArrayList<String>();
    try (var cluster = setting.cluster("kill-script")) {
      for (int round = 0; round < rounds; round++) {
        var launcher = cluster.launch("--fresh");
        var failure = script(cluster);
        launcher.destroy();
        if (!launcher.waitFor(15, TimeUnit.SECONDS)) {
          launcher.destroyForcibly();
          wrong.add("round " + (round + 1) + ": the launcher did not end");
        }
        int number = round + 1;
        System.out.println("round " + number + ": " + failure.orElse("passed"));
        failure.ifPresent(what -> wrong.add("round " + number + ": " + what));
        awaitFree(cluster);
      }
    }
    return new JsonObject()
        .put("figure", "kill-script")
        .put("good", wrong.isEmpty())
        .put("rounds", rounds)
        .put("wrong", new JsonArray(wrong));
  }

  private static Optional<String> script(RealCluster cluster) {
    var first = cluster.server(0);
    if (!Waiting.until(START_MAX, () -> RealCluster.serves(first))) {
      return Optional.of("the cluster does not start");
    }
    try (var client = KvClient.connect(first.hostname(), first.clientPort(), PATIENCE)) {
      var failures = new ArrayList<String>();
      expect(client.set("script", 0, Bytes.utf8("before")).isOk(), "no set at first", failures);
      for (int id : List.of(1, 2)) {
        terminate(cluster, id);
        exchange(client, id, failures);
      }
      terminate(cluster, 3);
      client.send(Bytes.utf8("get script\r\n"));
      client
          .overheard(SILENCE)
          .ifPresent(heard -> failures.add("after the third kill came " + heard));
      return failures.stream().findFirst();
    } catch (IOException failure) {
      return Optional.of(failure.toString());
    }
  }

  private static void exchange(KvClient client, int id, List<String> failures) throws IOException {
    var value = Bytes.utf8("after " + id);
    var stored = client.set("script", 0, value);
    expect(stored.isOk(), "set after kill " + id + ": " + stored, failures);
    var read = client.get("script");
    var expected = new Answer("VALUE " + value.length(), value);
    expect(read.equals(expected), "get after kill " + id + ": " + read, failures);
  }

  private static void expect(boolean holds, String otherwise, List<String> failures) {
    if (!holds) {
      failures.add(otherwise);
    }
  }

  private static void terminate(RealCluster cluster, int id) {
    var server = cluster.server(id);
    long process = ListeningProcess.find(server.hostname(), server.clientPort()).orElseThrow();
    ProcessHandle.of(process).ifPresent(ProcessHandle::destroy);
  }

  /** The next round wants the ports. */
  private static void awaitFree(RealCluster cluster) {
    for (var server : cluster.servers()) {
      Waiting.until(
          PATIENCE, () -> ListeningProcess.find(server.hostname(), server.clientPort()).isEmpty());
    }
  }
}
