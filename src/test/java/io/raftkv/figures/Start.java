package io.raftkv.figures;

import io.raftkv.tools.Waiting;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** From {@code ./run.sh} of a built checkout, with empty disks, to the first acknowledged set. */
final class Start implements Figure {
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration PORTS_MAX = Duration.ofSeconds(20);

  @Override
  public JsonObject take(Setting setting) throws IOException, InterruptedException {
    int rounds = setting.roundsOr(5);
    var millis = new Samples();
    boolean good = true;
    try (var cluster = setting.cluster("start")) {
      var server = cluster.server(0);
      for (int round = 0; round < rounds; round++) {
        long start = System.nanoTime();
        var launcher =
            setting.embedded()
                ? cluster.launch("--fresh", "--embedded")
                : cluster.launch("--fresh");
        good &= Waiting.until(START_MAX, () -> RealCluster.serves(server));
        millis.add((System.nanoTime() - start) / 1_000_000);
        System.out.println("round " + (round + 1) + ": " + millis.at(round) + " ms");
        launcher.destroy();
        good &= launcher.waitFor(PORTS_MAX.toSeconds(), TimeUnit.SECONDS);
      }
    }
    return new JsonObject()
        .put("figure", setting.embedded() ? "start-embedded" : "start")
        .put("good", good)
        .put("rounds", rounds)
        .put("minMillis", millis.percentile(0))
        .put("p50Millis", millis.percentile(0.5))
        .put("maxMillis", millis.percentile(1));
  }
}
