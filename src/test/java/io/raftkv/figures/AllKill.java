package io.raftkv.figures;

import io.raftkv.tools.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** kill -9 of all servers at once under load: every acknowledged write must be read back. */
final class AllKill implements Figure {
  private static final WriteLoad.Shape SHAPE = new WriteLoad.Shape(20, 4, 2_048, true);
  private static final Duration UNDER_LOAD = Duration.ofSeconds(2);

  @Override
  public JsonObject take(Setting setting) throws IOException, InterruptedException {
    int rounds = setting.roundsOr(50);
    var returns = new Samples();
    var chains = new ArrayList<Chain>();
    var wrong = new ArrayList<String>();
    long acknowledged = 0;
    try (var cluster = setting.cluster("all-kill")) {
      cluster.startAll();
      cluster.servers().forEach(server -> cluster.awaitServing(server.id()));
      for (int round = 0; round < rounds; round++) {
        var load = new WriteLoad("all-kill-" + round, cluster.servers(), SHAPE);
        load.start();
        Waiting.pause(UNDER_LOAD);
        cluster.killAll();
        load.stop(Duration.ZERO);
        chains.addAll(load.chains());
        acknowledged += load.acknowledged();
        wrong.addAll(load.complaints());
        returns.add(restart(cluster));
        var reader = cluster.server(round % cluster.servers().size());
        wrong.addAll(Verdict.of(load.chains(), reader));
        System.out.println(
            "round %d: %d writes, %d wrong"
                .formatted(round + 1, load.acknowledged(), wrong.size()));
      }
      wrong.addAll(Verdict.of(chains, cluster.server(0)));
    }
    return report(returns, acknowledged, wrong);
  }

  /** Returns after how many milliseconds every server answers again. */
  private static long restart(RealCluster cluster) throws IOException {
    long start = System.nanoTime();
    cluster.startAll();
    cluster.servers().forEach(server -> cluster.awaitServing(server.id()));
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static JsonObject report(Samples returns, long acknowledged, List<String> wrong) {
    return new JsonObject()
        .put("figure", "all-kill")
        .put("good", wrong.isEmpty())
        .put("kills", returns.size())
        .put("acknowledged", acknowledged)
        .put("wrong", new JsonArray(wrong))
        .put("returnP50Millis", returns.percentile(0.5))
        .put("returnMaxMillis", returns.percentile(1));
  }
}
