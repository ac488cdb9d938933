package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.bus.Bus;
import io.raftkv.bus.PeerEvents;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.raft.Event;
import io.raftkv.storage.StorageOptions;
import io.raftkv.testing.FreePorts;
import io.raftkv.testing.TestClient;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that finds its own rules broken stops before it does harm. */
class BrokenInvariantTest {
  private final CountDownLatch serving = new CountDownLatch(1);
  private final LinkedBlockingQueue<Failure> failures = new LinkedBlockingQueue<>();

  @TempDir Path path;

  private final class Listener implements ServerListener {
    @Override
    public void serving() {
      serving.countDown();
    }

    @Override
    public void leaderChanged(int leader, long term) {}

    @Override
    public void waiting(String reason) {}

    @Override
    public void failed(Failure failure) {
      failures.add(failure);
    }
  }

  @Test
  void aStepThatThrowsStopsTheServerAndItsPortsClose() throws Exception {
    var ports = FreePorts.take(2);
    var self = new ServerConfig(0, "127.0.0.1", ports.get(0), ports.get(1));
    var cluster = new ClusterConfig(path, List.of(self), new Options(10_000, 1 << 20, 200));
    var settings = new ServerSettings(cluster, 0, false);
    var vertx = Vertx.vertx();
    try {
      var options = StorageOptions.DEFAULTS.withSegmentBytes(1 << 12);
      vertx
          .deployVerticle(new ServerVerticle(settings, options, new Listener()))
          .await(10, TimeUnit.SECONDS);
      assertTrue(serving.await(10, TimeUnit.SECONDS));

      var neverWritten = new Event.Written(Long.MAX_VALUE);
      Bus.of(vertx, settings.busName()).toReplicaFromPeers(new PeerEvents(List.of(neverWritten)));

      var failure = failures.poll(10, TimeUnit.SECONDS);
      assertEquals(ExitStatus.UNEXPECTED, failure.status());
      assertTrue(failure.getMessage().contains("only what was given out gets written"));
      assertThrows(IOException.class, () -> new TestClient(ports.get(0)));
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }
}
