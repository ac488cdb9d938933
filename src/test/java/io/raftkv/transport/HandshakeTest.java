package io.raftkv.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.bus.Bus;
import io.raftkv.bus.Identity;
import io.raftkv.bus.OperatorReply;
import io.raftkv.bus.OperatorRequest;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.raft.Change;
import io.raftkv.storage.StorageOptions;
import io.raftkv.testing.FreePorts;
import io.vertx.core.Vertx;
import java.io.EOFException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a log port says to those who introduce themselves, and to those who do not. */
class HandshakeTest {
  private static final Roster ROSTER = new Roster(List.of(0, 1), 9_000);
  private static final Identity PEER = new Identity(1, 101, 0);

  @TempDir Path path;

  private final Vertx vertx = Vertx.vertx();
  private final LinkedBlockingQueue<OperatorRequest> requests = new LinkedBlockingQueue<>();
  private Bus bus;
  private int port;

  @BeforeEach
  void deploy() throws Exception {
    var ports = FreePorts.take(4);
    port = ports.get(1);
    var servers =
        List.of(
            new ServerConfig(0, "127.0.0.1", ports.get(0), port),
            new ServerConfig(1, "127.0.0.1", ports.get(2), ports.get(3)));
    var cluster = new ClusterConfig(path, servers, new Options(10_000, 1 << 20, 1_000));
    var settings = new ServerSettings(cluster, 0, false);
    bus = Bus.of(vertx, settings.busName());
    bus.onOperators(requests::add);
    var transport = new PeerTransportVerticle(settings, StorageOptions.DEFAULTS);
    vertx.deployVerticle(transport).await(10, TimeUnit.SECONDS);
    bus.toPeers(new Identity(0, 100, 0));
    awaitGreeting();
  }

  /** Before the transport has heard who it is it hangs up at once. */
  private void awaitGreeting() throws Exception {
    boolean isGreeted = false;
    for (int i = 0; i < 1_000 && !isGreeted; i++) {
      try (var probe = new PeerByHand(port)) {
        isGreeted = probe.hello().from() == 0;
      } catch (EOFException | SocketException tooEarly) {
        isGreeted = false;
      }
    }
    assertTrue(isGreeted);
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private PeerByHand welcomed() throws Exception {
    var peer = new PeerByHand(port);
    var back = Hello.of(PEER, 0, ROSTER, peer.hello().nonce());
    peer.send(back.frame(Frame.Type.HELLO_BACK));
    assertEquals(Frame.Type.WELCOME, peer.next().type());
    return peer;
  }

  private PeerByHand operator() throws Exception {
    var tool = new PeerByHand(port);
    tool.send(Hello.ofOperator(0, tool.hello().nonce()).frame(Frame.Type.OPERATOR_HELLO));
    assertEquals(Frame.Type.WELCOME, tool.next().type());
    return tool;
  }

  /** On a slow link a large frame takes longer than its sender waits for a sign of life. */
  @Test
  void whoeverIsInTheMiddleOfAFrameIsGivenSignsOfLife() throws Exception {
    try (var peer = welcomed()) {
      var frame = Frame.of(Frame.Type.MESSAGE, ByteBuffer.allocate(1 << 20));
      for (int sent = 0; sent < frame.length - 1 && !peer.hasInput(); sent++) {
        peer.send(new byte[] {frame[sent]});
      }
      assertEquals(Frame.Type.PONG, peer.next().type());
    }
  }

  @Test
  void aServerThatJoinsAClusterDuringAHandshakeSaysSo() throws Exception {
    try (var peer = new PeerByHand(port)) {
      var first = peer.hello();
      assertEquals(0, first.clusterId());
      bus.toPeers(new Identity(0, 100, 77));

      var identity = peer.next();
      assertEquals(Frame.Type.IDENTITY, identity.type());
      assertEquals(77, Hello.decode(identity.payload()).clusterId());
      peer.send(Hello.of(PEER, 0, ROSTER, first.nonce()).frame(Frame.Type.HELLO_BACK));
      assertEquals(Frame.Type.WELCOME, peer.next().type());
    }
  }

  @Test
  void anOperatorsRequestIsHandedOnAndAnswered() throws Exception {
    try (var tool = operator()) {
      tool.request("promote 5");
      var request = requests.poll(10, TimeUnit.SECONDS);
      assertEquals(new OperatorRequest.MakeChange(1, new Change.Promote(5)), request);
      bus.toOperators(new OperatorReply(1, "refused not now"));

      var reply = tool.next();
      assertEquals(Frame.Type.REPLY, reply.type());
      assertEquals("refused not now", StandardCharsets.UTF_8.decode(reply.payload()).toString());
    }
  }

  /** Of a change nobody knows when it will be committed: whoever asks for one may lose patience. */
  @Test
  void whoeverWaitsForASnapshotIsGivenSignsOfLifeAndNobodyElse() throws Exception {
    try (var other = operator();
        var tool = operator()) {
      other.request("promote 5");
      tool.request("snapshot");

      for (int sign = 0; sign < 2; sign++) {
        assertEquals(Frame.Type.PONG, tool.next().type());
      }
      assertFalse(other.hasInput());
    }
  }

  @Test
  void aRequestThatIsNoneEndsTheConnection() throws Exception {
    for (var words : List.of("upgrade 5", "add", "add five", "add 99999999999", "")) {
      try (var tool = operator()) {
        tool.request(words);
        assertTrue(tool.isHungUpOn(), words);
      }
    }
  }

  @Test
  void nobodyAsksForAnythingBeforeTheHandshakeOrAsAPeer() throws Exception {
    try (var stranger = new PeerByHand(port)) {
      stranger.hello();
      stranger.request("status");
      assertTrue(stranger.isHungUpOn());
    }
    try (var peer = welcomed()) {
      peer.request("status");
      assertTrue(peer.isHungUpOn());
    }
  }

  /** The nonce of another connection proves nothing. */
  @Test
  void aRecordedOperatorIsRefused() throws Exception {
    try (var tool = new PeerByHand(port)) {
      tool.send(Hello.ofOperator(0, tool.hello().nonce() + 1).frame(Frame.Type.OPERATOR_HELLO));
      assertTrue(tool.isHungUpOn());
    }
  }
}
