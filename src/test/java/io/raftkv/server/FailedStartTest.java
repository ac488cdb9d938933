package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.bus.Bus;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.kv.Life;
import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import io.raftkv.storage.Storage;
import io.raftkv.storage.StorageOptions;
import io.raftkv.testing.FreePorts;
import io.raftkv.testing.TestClient;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An embedded server that fails before it has started leaves nothing behind in its process. */
@ExtendWith(VertxExtension.class)
class FailedStartTest {
  private static final StorageOptions OPTIONS = StorageOptions.DEFAULTS.withSegmentBytes(1 << 12);

  @TempDir Path path;

  private ServerSettings settings() throws IOException {
    var ports = FreePorts.take(2);
    var self = new ServerConfig(0, "127.0.0.1", ports.get(0), ports.get(1));
    var cluster = new ClusterConfig(path, List.of(self), new Options(10_000, 1 << 20, 200));
    return new ServerSettings(cluster, 0, false);
  }

  /** Hears all, and breaks its server's first turn if it is told to. */
  private static final class Listener implements ServerListener {
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final boolean breaks;

    Listener(boolean breaks) {
      this.breaks = breaks;
    }

    @Override
    public void serving() {
      heard.add("serving");
    }

    @Override
    public void leaderChanged(int leader, long term) {
      if (breaks) {
        throw new IllegalStateException("broken while the ports are opened");
      }
    }

    @Override
    public void waiting(String reason) {}

    @Override
    public void failing(Failure failure) {
      heard.add("failing");
    }

    @Override
    public void failed(Failure failure) {
      heard.add("failed");
    }
  }

  private static void deploy(Vertx vertx, ServerVerticle server) throws Exception {
    vertx.deployVerticle(server).await(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aServerThatFailsWhileItsPortsAreOpenedFailsItsDeploymentAndCanBeDeployedAgain(int loops)
      throws Exception {
    var settings = settings();
    var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
    try {
      var broken = new Listener(true);
      var failure =
          assertThrows(
              Failure.class, () -> deploy(vertx, new ServerVerticle(settings, OPTIONS, broken)));

      assertTrue(failure.getMessage().contains("broken while the ports are opened"));
      assertEquals(List.of("failing"), List.copyOf(broken.heard));
      assertThrows(IOException.class, () -> new TestClient(settings.self().clientPort()));
      var sound = new Listener(false);
      deploy(vertx, new ServerVerticle(settings, OPTIONS, sound));
      assertEquals("serving", sound.heard.poll(10, TimeUnit.SECONDS));
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aServerWhoseLogBreaksARuleGivesItsFolderBack(Vertx vertx) throws IOException {
    var settings = settings();
    var folder = settings.cluster().dataDirectory(0);
    try (var storage = Storage.open(folder, 0, OPTIONS, new Silent())) {
      storage.write(1, List.of(new LogRecord.Append(List.of(entry(1, 2), entry(2, 1)))));
    }

    var server = new ServerVerticle(settings, OPTIONS, new Listener(false));
    var broken = assertThrows(Throwable.class, () -> deploy(vertx, server));

    assertTrue(broken.getMessage().contains("terms only grow"), broken.toString());
    Storage.open(folder, 0, OPTIONS, new Silent()).close();
  }

  private static Entry entry(long index, long term) {
    return new Entry(index, term, index, Entry.Kind.EMPTY, Bytes.EMPTY);
  }

  @Test
  void aDiskThatFailsBeforeTheReplicaBeginsFailsItsStart(Vertx vertx) throws Exception {
    var settings = settings();
    var fatal = new LinkedBlockingQueue<Failure>();
    var failure = new Failure(ExitStatus.DISK_ERROR, "the disk fails");
    var folder = settings.cluster().dataDirectory(0);
    Promise<Void> ended = Promise.promise();
    var context = vertx.getOrCreateContext();
    var bus = Bus.of(vertx, settings.busName());
    var driver = new ReplicaDriver(settings, context, bus, new Listener(false), fatal::add);
    var storage = Storage.open(folder, 0, OPTIONS, driver);
    driver.failed(failure);
    context.runOnContext(
        go -> {
          assertSame(failure, assertThrows(Failure.class, () -> driver.begin(storage)));
          driver.end(vertx).onComplete(ended);
        });

    ended.future().await(10, TimeUnit.SECONDS);

    assertTrue(fatal.isEmpty(), "whoever starts it is told by the start");
    Storage.open(folder, 0, OPTIONS, new Silent()).close();
  }

  /** Nothing that the disk reports matters here. */
  private static final class Silent implements Storage.Listener {
    @Override
    public void written(long sequence) {}

    @Override
    public void lifeForced(Life life) {}

    @Override
    public void failed(Failure failure) {}
  }
}
