package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Failure;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.storage.StorageOptions;
import io.raftkv.testing.FreePorts;
import io.raftkv.testing.TestClient;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is deployed and undeployed a thousand times in one program. */
class CyclesTest {
  private static final int CYCLES = 1_000;
  private static final int WARM_UP = 50;

  @TempDir Path path;

  @Test
  void aThousandCyclesLeaveNeitherThreadNorFileNorLockBehind() throws Exception {
    var ports = FreePorts.take(2);
    var self = new ServerConfig(0, "127.0.0.1", ports.get(0), ports.get(1));
    var config = new ClusterConfig(path, List.of(self), new Options(10_000, 1 << 20, 200));
    var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2));
    try {
      for (int i = 0; i < WARM_UP; i++) {
        cycle(vertx, config, i);
      }
      int threads = threads();
      long files = openFiles();

      for (int i = WARM_UP; i < CYCLES; i++) {
        cycle(vertx, config, i);
      }

      assertTrue(threads() <= threads + 2, threads() + " threads after " + threads);
      assertTrue(openFiles() <= files + 5, openFiles() + " files after " + files);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private static void cycle(Vertx vertx, ClusterConfig config, int number) throws Exception {
    var serving = new CountDownLatch(1);
    var verticle =
        new ServerVerticle(
            new ServerSettings(config, 0, false),
            StorageOptions.DEFAULTS.withSegmentBytes(1 << 12),
            new Latch(serving));
    var deployment = vertx.deployVerticle(verticle).await(10, TimeUnit.SECONDS);
    assertTrue(serving.await(10, TimeUnit.SECONDS), "cycle " + number + " does not serve");
    if (number % 100 == 0) {
      try (var client = new TestClient(config.server(0).clientPort())) {
        assertTrue(client.set("k", "v" + number).startsWith("OK "));
        assertEquals("v" + number, client.get("k"));
      }
    }
    vertx.undeploy(deployment).await(10, TimeUnit.SECONDS);
  }

  private static int threads() {
    return Thread.getAllStackTraces().size();
  }

  private static long openFiles() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private record Latch(CountDownLatch latch) implements ServerListener {
    @Override
    public void serving() {
      latch.countDown();
    }

    @Override
    public void leaderChanged(int leader, long term) {}

    @Override
    public void waiting(String reason) {}

    @Override
    public void failed(Failure failure) {}
  }
}
