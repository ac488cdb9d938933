package io.raftkv.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.raftkv.bus.Bus;
import io.raftkv.bus.Identity;
import io.raftkv.bus.PeerMessages;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.raft.Event;
import io.raftkv.raft.Message;
import io.raftkv.storage.StorageOptions;
import io.raftkv.testing.FreePorts;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copied configuration: two servers say that they are server 1, each with data of its own. */
class TwoOfOneIdTest {
  private static final int TIMEOUT = 100;

  @TempDir Path path;

  private final List<Vertx> running = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (var vertx : running) {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** A transport, and what its replica would hear. */
  private final class Node {
    final LinkedBlockingQueue<Event.LinkOpened> opened = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Event.Receive> received = new LinkedBlockingQueue<>();
    final Vertx vertx = Vertx.vertx();
    final Bus bus;

    Node(int id, long incarnation, int portOf0, int portOf1) throws Exception {
      running.add(vertx);
      var ports = FreePorts.take(2);
      var servers =
          List.of(
              new ServerConfig(0, "127.0.0.1", ports.get(0), portOf0),
              new ServerConfig(1, "127.0.0.1", ports.get(1), portOf1));
      var cluster = new ClusterConfig(path, servers, new Options(10_000, 1 << 20, TIMEOUT));
      var settings = new ServerSettings(cluster, id, false);
      bus = Bus.of(vertx, settings.busName());
      bus.onPeers(
          batch -> {
            if (batch.events().isEmpty()) {
              bus.toPeers(new Identity(id, incarnation, 77));
            }
            batch.events().forEach(this::heard);
          });
      vertx
          .deployVerticle(new PeerTransportVerticle(settings, StorageOptions.DEFAULTS))
          .await(10, TimeUnit.SECONDS);
    }

    private void heard(Event event) {
      if (event instanceof Event.LinkOpened link) {
        opened.add(link);
      } else if (event instanceof Event.Receive message) {
        received.add(message);
      }
    }

    /** Waits until its link to server 0 is open, and says something over it. */
    void speak() throws InterruptedException {
      assertNotNull(opened.poll(20, TimeUnit.SECONDS), "the link does not open");
      var message = new PeerMessages.To(0, new Message.ReadIndex(7));
      bus.toPeers(new PeerMessages(List.of(message)));
    }
  }

  private static long whoSpeaks(Node listener) throws InterruptedException {
    var heard = listener.received.poll(20, TimeUnit.SECONDS);
    assertNotNull(heard, "nobody was heard");
    return heard.incarnation();
  }

  @Test
  void theFirstStaysAndTheOtherTakesItsPlaceOnceItIsGone() throws Exception {
    var ports = FreePorts.take(3);
    var listener = new Node(0, 100, ports.get(0), ports.get(1));
    var first = new Node(1, 101, ports.get(0), ports.get(1));
    first.speak();
    assertEquals(101, whoSpeaks(listener));

    var other = new Node(1, 999, ports.get(0), ports.get(2));
    assertNull(other.opened.poll(10 * TIMEOUT, TimeUnit.MILLISECONDS), "while the first lives");

    first.vertx.close().await(10, TimeUnit.SECONDS);
    other.speak();
    assertEquals(999, whoSpeaks(listener));
  }
}
