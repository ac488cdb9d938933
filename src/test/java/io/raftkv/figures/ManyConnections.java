package io.raftkv.figures;

import io.raftkv.tools.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;

/**
 * 300 pipelined connections that write for a minute: latency in windows of five seconds, which
 * should stay flat, the memory of the servers, and changes of leader, of which there should be
 * none.
 */
final class ManyConnections implements Figure {
  private static final WriteLoad.Shape SHAPE = new WriteLoad.Shape(300, 8, 256, false);
  private static final int WINDOW_SECONDS = 5;

  @Override
  public JsonObject take(Setting setting) throws IOException, InterruptedException {
    int windows = Math.max(1, setting.secondsOr(60) / WINDOW_SECONDS);
    var lines = new JsonArray();
    try (var cluster = setting.cluster("many-connections")) {
      cluster.startAll();
      cluster.servers().forEach(server -> cluster.awaitServing(server.id()));
      int leadershipsBefore = cluster.leaderships().size();
      var load = new WriteLoad("many", cluster.servers(), SHAPE);
      load.start();
      long start = System.nanoTime();
      var memory = new JsonArray();
      for (int i = 0; i < windows; i++) {
        Waiting.pause(Duration.ofSeconds(WINDOW_SECONDS));
        memory.add(memory(cluster));
      }
      load.stop(Duration.ofSeconds(20));
      for (int i = 0; i < windows; i++) {
        lines.add(window(load, start, i).put("residentMebibytes", memory.getJsonArray(i)));
        System.out.println(lines.getJsonObject(i).encode());
      }
      int changes = cluster.leaderships().size() - leadershipsBefore;
      return new JsonObject()
          .put("figure", "many-connections")
          .put("good", changes == 0 && load.complaints().isEmpty() && load.unknown() == 0)
          .put("acknowledged", load.acknowledged())
          .put("unknown", load.unknown())
          .put("leaderChanges", changes)
          .put("wrong", new JsonArray(load.complaints()))
          .put("windows", lines);
    }
  }

  private static JsonArray memory(RealCluster cluster) throws IOException {
    var memory = new JsonArray();
    for (var server : cluster.servers()) {
      memory.add(ProcessFigures.residentMebibytes(cluster.processId(server.id())));
    }
    return memory;
  }

  private static JsonObject window(WriteLoad load, long start, int number) {
    long length = Duration.ofSeconds(WINDOW_SECONDS).toNanos();
    int from = load.acknowledgements().indexOf(start + number * length);
    int to = load.acknowledgements().indexOf(start + (number + 1) * length);
    var latencies = load.latencies();
    return new JsonObject()
        .put("fromSeconds", number * WINDOW_SECONDS)
        .put("writesPerSecond", (to - from) / WINDOW_SECONDS)
        .put("p50Micros", latencies.percentile(0.5, from, to) / 1000)
        .put("p99Micros", latencies.percentile(0.99, from, to) / 1000)
        .put("maxMicros", latencies.percentile(1, from, to) / 1000);
  }
}
