package io.raftkv.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two real transports over real sockets; the test is the replica of each. */
class PeerTransportTest {
  private static final int TIMEOUT = 200;

  private final List<Vertx> running = new ArrayList<>();
  private List<Integer> ports = List.of();

  @BeforeEach
  void choosePorts() throws IOException {
    ports = FreePorts.take(8);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (var vertx : running) {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** A transport, and what its replica would hear. */
  private final class Node {
    final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    final Vertx vertx = Vertx.vertx();
    final Bus bus;

    Node(int id, int portOfPeer) throws Exception {
      running.add(vertx);
      var servers =
          List.of(
              new ServerConfig(0, "127.0.0.1", ports.get(0), id == 0 ? ports.get(1) : portOfPeer),
              new ServerConfig(1, "127.0.0.1", ports.get(2), id == 1 ? ports.get(3) : portOfPeer));
      var cluster =
          new ClusterConfig(Path.of("nowhere"), servers, new Options(10_000, 1 << 20, TIMEOUT));
      var settings = new ServerSettings(cluster, id, false);
      bus = Bus.of(vertx, settings.busName());
      bus.onPeers(
          batch -> {
            if (batch.events().isEmpty()) {
              bus.toPeers(new Identity(id, 100 + id, 0));
            }
            events.addAll(batch.events());
          });
      vertx
          .deployVerticle(new PeerTransportVerticle(settings, StorageOptions.DEFAULTS))
          .await(10, TimeUnit.SECONDS);
    }

    void send(Message... messages) {
      int peer = this == first() ? 1 : 0;
      bus.toPeers(
          new PeerMessages(
              List.of(messages).stream().map(m -> new PeerMessages.To(peer, m)).toList()));
    }

    Event next() throws InterruptedException {
      var event = events.poll(10, TimeUnit.SECONDS);
      assertNotNull(event, "nothing happened");
      return event;
    }

    void awaitOpened() throws InterruptedException {
      while (!(next() instanceof Event.LinkOpened)) {
        // Something else may come first.
      }
    }

    Message nextMessage() throws InterruptedException {
      var event = next();
      while (!(event instanceof Event.Receive)) {
        event = next();
      }
      return ((Event.Receive) event).message();
    }
  }

  private Node firstNode = null;

  private Node first() {
    return firstNode;
  }

  private Node startFirst(int portOfPeer) throws Exception {
    firstNode = new Node(0, portOfPeer);
    return firstNode;
  }

  private Node startSecond(int portOfPeer) throws Exception {
    return new Node(1, portOfPeer);
  }

  @Test
  void messagesOfEveryKindArriveInOrder() throws Exception {
    var a = startFirst(ports.get(3));
    var b = startSecond(ports.get(1));
    a.awaitOpened();

    a.send(MessageCodecTest.SAMPLES.toArray(Message[]::new));

    for (var sample : MessageCodecTest.SAMPLES) {
      assertEquals(sample, b.nextMessage());
    }
  }

  @Test
  void bothSidesLearnWhoTheOtherIs() throws Exception {
    var a = startFirst(ports.get(3));
    var b = startSecond(ports.get(1));

    assertEquals(new Event.LinkOpened(1, 101, 0), a.next());
    assertEquals(new Event.LinkOpened(0, 100, 0), b.next());
  }

  @Test
  void aPeerThatJoinedAClusterIsKnownToHaveJoined() throws Exception {
    var a = startFirst(ports.get(3));
    var b = startSecond(ports.get(1));
    a.awaitOpened();

    b.bus.toPeers(new Identity(1, 101, 77));

    assertEquals(new Event.LinkOpened(1, 101, 77), a.next());
  }

  @Test
  void aPeerThatGoesAwayIsMissedAndFoundAgain() throws Exception {
    var a = startFirst(ports.get(3));
    var b = startSecond(ports.get(1));
    a.awaitOpened();
    b.awaitOpened();
    b.vertx.close().await(10, TimeUnit.SECONDS);

    assertEquals(new Event.LinkClosed(1), a.next());
    startSecond(ports.get(1));
    a.awaitOpened();
  }

  @Test
  void aPeerThatIsSilentIsDialledAgain() throws Exception {
    try (var mute = new ServerSocket(ports.get(4), 10, InetAddress.getLoopbackAddress())) {
      startFirst(ports.get(4));

      var connection = mute.accept();
      var again = mute.accept();

      assertTrue(connection.isConnected() && again.isConnected());
    }
  }

  @Test
  void garbageClosesTheConnectionAndChangesNothing() throws Exception {
    var b = startSecond(ports.get(1));
    var inputs =
        List.of("GET / HTTP/1.1\r\n\r\n", "\u0000\u0000\u0000\u0001garbage", "x".repeat(70_000));

    for (var input : inputs) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), ports.get(3))) {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(input.getBytes(StandardCharsets.ISO_8859_1));
        while (socket.getInputStream().read() >= 0) {
          // Its hello comes first, then the end.
        }
      } catch (java.net.SocketException reset) {
        assertNotNull(reset.getMessage());
      }
    }
    assertNull(b.events.poll(100, TimeUnit.MILLISECONDS));
  }

  @Test
  void aRecordedConversationIsWorthNothingLater() throws Exception {
    byte[] recorded;
    try (var proxy = new ServerSocket(ports.get(4), 10, InetAddress.getLoopbackAddress())) {
      var a = startFirst(ports.get(4));
      var b = startSecond(ports.get(1));
      recorded = record(proxy, a);
      assertEquals(new Message.TimeoutNow(3), b.nextMessage());
      b.events.clear();

      try (var replay = new Socket(InetAddress.getLoopbackAddress(), ports.get(3))) {
        replay.setSoTimeout(10_000);
        replay.getOutputStream().write(recorded);
        while (replay.getInputStream().read() >= 0) {
          // Until it hangs up.
        }
      } catch (java.net.SocketException reset) {
        assertNotNull(reset.getMessage());
      }

      var after = b.events.poll(100, TimeUnit.MILLISECONDS);
      assertTrue(after == null || after instanceof Event.LinkOpened, after + "");
    }
  }

  /** Passes one conversation on, until a message is in it; returns what the dialler said. */
  private byte[] record(ServerSocket proxy, Node dialler) throws Exception {
    var said = new ByteArrayOutputStream();
    var in = proxy.accept();
    var out = new Socket(InetAddress.getLoopbackAddress(), ports.get(3));
    var back =
        new Thread(
            () -> {
              try {
                out.getInputStream().transferTo(in.getOutputStream());
              } catch (IOException over) {
                // The test has what it wants.
              }
            });
    back.setDaemon(true);
    back.start();
    dialler.vertx.setTimer(500, later -> dialler.send(new Message.TimeoutNow(3)));
    var buffer = new byte[1_000];
    var end = Frame.HEADER_BYTES + 9;
    while (said.size() < 1 || !endsWithMessage(said.toByteArray(), end)) {
      int count = in.getInputStream().read(buffer);
      said.write(buffer, 0, count);
      out.getOutputStream().write(buffer, 0, count);
    }
    return said.toByteArray();
  }

  private static boolean endsWithMessage(byte[] said, int frameBytes) {
    return said.length >= frameBytes && said[said.length - 9] == 5 && said[said.length - 10] == 5;
  }
}
