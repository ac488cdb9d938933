package io.raftkv.figures;

import io.raftkv.tools.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;

/**
 * kill -9 of the leader under load, again and again: how long nothing is acknowledged, and whether
 * anything is lost, wrong or twice.
 */
final class LeaderKill implements Figure {
  private static final WriteLoad.Shape SHAPE = new WriteLoad.Shape(20, 4, 64, true);
  private static final Duration CALM = Duration.ofSeconds(3);
  private static final Duration LEADER_MAX = Duration.ofSeconds(10);
  private static final Duration WATCH = Duration.ofSeconds(5);

  @Override
  public JsonObject take(Setting setting) throws IOException, InterruptedException {
    int rounds = setting.roundsOr(20);
    var gaps = new Samples();
    try (var cluster = setting.cluster("leader-kill")) {
      cluster.startAll();
      cluster.servers().forEach(server -> cluster.awaitServing(server.id()));
      var load = new WriteLoad("leader-kill", cluster.servers(), SHAPE);
      load.start();
      var kills = new ArrayList<Long>();
      for (int round = 0; round < rounds; round++) {
        Waiting.pause(CALM);
        kills.add(killLeader(cluster, round));
      }
      load.stop(Duration.ofSeconds(20));
      for (long kill : kills) {
        gaps.add(load.acknowledgements().longestGap(kill, kill + WATCH.toNanos()) / 1_000_000);
      }
      return verdict(cluster, load, gaps);
    }
  }

  private static long killLeader(RealCluster cluster, int round)
      throws IOException, InterruptedException {
    if (!Waiting.until(LEADER_MAX, () -> cluster.leader().isPresent())) {
      throw new IllegalStateException("no server says who leads");
    }
    int leader = cluster.leader().orElseThrow();
    int leaderships = cluster.leaderships().size();
    long killed = System.nanoTime();
    cluster.kill(leader);
    Waiting.pause(WATCH);
    boolean replaced = cluster.leaderships().size() > leaderships;
    System.out.println(
        "round %d: killed server %d, %s"
            .formatted(round + 1, leader, replaced ? "another leads" : "which did not lead"));
    if (!replaced) {
      throw new IllegalStateException("server " + leader + " did not lead");
    }
    cluster.start(leader);
    cluster.awaitServing(leader);
    return killed;
  }

  private static JsonObject verdict(RealCluster cluster, WriteLoad load, Samples gaps)
      throws IOException {
    var wrong = new ArrayList<>(load.complaints());
    for (int id : new int[] {0, cluster.servers().size() - 1}) {
      wrong.addAll(Verdict.of(load.chains(), cluster.server(id)));
    }
    return new JsonObject()
        .put("figure", "leader-kill")
        .put("good", wrong.isEmpty())
        .put("kills", gaps.size())
        .put("acknowledged", load.acknowledged())
        .put("unknown", load.unknown())
        .put("wrong", new JsonArray(wrong))
        .put("gapP50Millis", gaps.percentile(0.5))
        .put("gapMaxMillis", gaps.percentile(1));
  }
}
