package io.raftkv.figures;

import io.raftkv.tools.Waiting;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;

/** What five servers that nobody asks anything take of one core. */
final class Idle implements Figure {
  private static final Duration SETTLE = Duration.ofSeconds(20);
  private static final double SHARE_MAX_PERCENT = 3;

  @Override
  public JsonObject take(Setting setting) throws IOException, InterruptedException {
    int seconds = setting.secondsOr(60);
    try (var cluster = setting.cluster("idle")) {
      cluster.startAll();
      cluster.servers().forEach(server -> cluster.awaitServing(server.id()));
      Waiting.pause(SETTLE);
      long before = cpuMillis(cluster);
      Waiting.pause(Duration.ofSeconds(seconds));
      double percent = (cpuMillis(cluster) - before) / (10.0 * seconds);
      return new JsonObject()
          .put("figure", "idle")
          .put("good", percent < SHARE_MAX_PERCENT)
          .put("seconds", seconds)
          .put("percentOfOneCore", percent);
    }
  }

  private static long cpuMillis(RealCluster cluster) throws IOException {
    long sum = 0;
    for (var server : cluster.servers()) {
      sum += ProcessFigures.cpuMillis(cluster.processId(server.id()));
    }
    return sum;
  }
}
