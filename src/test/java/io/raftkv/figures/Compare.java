package io.raftkv.figures;

import io.raftkv.tools.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Two builds in one run: both clusters stand the whole time, and are asked in turn, so that what
 * happens to the machine happens to both. The first turn of each warms it up and does not count.
 */
final class Compare implements Figure {
  private static final WriteLoad.Shape SHAPE = new WriteLoad.Shape(16, 32, 256, false);
  private static final int OTHER_PORTS = 100;

  @Override
  public JsonObject take(Setting setting) throws IOException, InterruptedException {
    var other = Path.of(setting.only());
    var first = new ArrayList<Long>();
    var second = new ArrayList<Long>();
    var complaints = new JsonArray();
    try (var one = setting.cluster("one");
        var two =
            new RealCluster(
                other, setting.folder().resolve("two"), 5, setting.port() + OTHER_PORTS)) {
      for (var cluster : List.of(one, two)) {
        cluster.startAll();
        cluster.servers().forEach(server -> cluster.awaitServing(server.id()));
      }
      for (int turn = 0; turn <= setting.roundsOr(6); turn++) {
        long writesOfFirst = turn(one, "turn" + turn, setting.secondsOr(10), complaints);
        long writesOfSecond = turn(two, "turn" + turn, setting.secondsOr(10), complaints);
        System.out.println("turn " + turn + ": " + writesOfFirst + " and " + writesOfSecond);
        if (turn > 0) {
          first.add(writesOfFirst);
          second.add(writesOfSecond);
        }
      }
    }
    return new JsonObject()
        .put("figure", "compare")
        .put("good", complaints.isEmpty())
        .put("first", new JsonArray(first))
        .put("second", new JsonArray(second))
        .put("ratio", sum(first) / (double) sum(second));
  }

  /** Writes a second, of one cluster, while the other stands still. */
  private static long turn(RealCluster cluster, String name, int seconds, JsonArray complaints)
      throws IOException, InterruptedException {
    var load = new WriteLoad(name, cluster.servers(), SHAPE);
    load.start();
    Waiting.pause(Duration.ofSeconds(seconds));
    long writes = load.acknowledged();
    load.stop(Duration.ofSeconds(10));
    load.complaints().forEach(complaints::add);
    return writes / seconds;
  }

  private static long sum(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).sum();
  }
}
