package io.raftkv.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.bus.Bus;
import io.raftkv.bus.Identity;
import io.raftkv.bus.OperatorReply;
import io.raftkv.bus.OperatorRequest;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Request;
import io.raftkv.kv.RequestId;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import io.raftkv.storage.SnapshotFiles;
import io.raftkv.storage.StorageOptions;
import io.raftkv.testing.FreePorts;
import io.raftkv.testing.SlowDisk;
import io.raftkv.tools.Waiting;
import io.vertx.core.Vertx;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot's file is open for as long as somebody takes it, and no longer. */
class OpenSnapshotsTest {
  private static final Identity SELF = new Identity(0, 100, 0);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final SlowDisk disk = new SlowDisk();
  private final LinkedBlockingQueue<OperatorRequest> requests = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static void save(Path directory, int keys) throws IOException {
    var store = new KvStore();
    for (int i = 1; i <= keys; i++) {
      var id = new RequestId(0, new Life(1, 1), i);
      Optional<Request.Command> set =
          Optional.of(new Request.Set(Bytes.utf8("key" + i), 0, Bytes.wrap(new byte[64 << 10])));
      store.apply(i, i, new Proposal(id, set).encode());
    }
    var snapshot = new Snapshot(new SnapshotId(keys, 1, keys), Configuration.founding(7));
    new SnapshotFiles(directory, StorageOptions.DEFAULTS).save(snapshot, store.freeze());
  }

  private void assertAllClosed() {
    assertTrue(Waiting.until(PATIENCE, () -> disk.hasClosedAll(1)), "a file stays open");
  }

  /** The log port of a server with one snapshot, and an operator's tool that is offered it. */
  private PeerByHand operator(Bus bus, int port) throws Exception {
    bus.onOperators(requests::add);
    for (int i = 0; i < 1_000; i++) {
      bus.toPeers(SELF);
      try {
        var tool = new PeerByHand(port);
        tool.send(Hello.ofOperator(0, tool.hello().nonce()).frame(Frame.Type.OPERATOR_HELLO));
        assertEquals(Frame.Type.WELCOME, tool.next().type());
        tool.request("snapshot");
        assertEquals(new OperatorRequest.TakeSnapshot(1), requests.poll(10, TimeUnit.SECONDS));
        bus.toOperators(new OperatorReply(1, OperatorReply.OK + " 1"));
        return tool;
      } catch (EOFException | SocketException tooEarly) {
        assertTrue(i < 999, tooEarly.toString());
      }
    }
    throw new AssertionError("nobody is welcome");
  }

  private ServerSettings deploy(int keys) throws Exception {
    var ports = FreePorts.take(2);
    var self = new ServerConfig(0, "127.0.0.1", ports.get(0), ports.get(1));
    var cluster = new ClusterConfig(folder, List.of(self), new Options(10_000, 1 << 20, 100));
    var settings = new ServerSettings(cluster, 0, false);
    var directory = cluster.dataDirectory(0);
    disk.createDirectory(directory);
    save(directory, keys);
    var options = StorageOptions.DEFAULTS.withDisk(disk);
    vertx.deployVerticle(new PeerTransportVerticle(settings, options)).await(10, TimeUnit.SECONDS);
    return settings;
  }

  @Test
  void aSenderThatEndsWhileTheFileIsBeingOpenedClosesIt() throws IOException {
    save(folder, 1);
    var files = new SnapshotFiles(folder, StorageOptions.DEFAULTS.withDisk(disk));
    var peer = new PeerAddress(1, "127.0.0.1", 1);
    var roster = new Roster(List.of(0, 1), 9_000);
    var client = vertx.createNetClient();

    vertx.runOnContext(
        go -> {
          var sender = new SnapshotSender(vertx, peer, roster, SELF, files, 1, delivered -> {});
          sender.start(client);
          sender.end(false);
        });

    assertAllClosed();
  }

  @Test
  void aFileWhoseLengthCannotBeReadIsClosed() throws Exception {
    var settings = deploy(1);
    disk.failSizes();
    var bus = Bus.of(vertx, settings.busName());

    try (var tool = operator(bus, settings.self().logPort())) {
      assertAllClosed();
    }
  }

  private static Frame nextBut(PeerByHand tool, Frame.Type ignored) throws Exception {
    var frame = tool.next();
    while (frame.type() == ignored) {
      frame = tool.next();
    }
    return frame;
  }

  /** More than the system takes on the way, so that chunks wait for the tool. */
  @Test
  void aToolThatNoLongerTakesItsSnapshotIsGivenUp() throws Exception {
    var settings = deploy(500);
    var bus = Bus.of(vertx, settings.busName());

    try (var tool = operator(bus, settings.self().logPort())) {
      assertEquals(Frame.Type.REPLY, nextBut(tool, Frame.Type.PONG).type());
      assertEquals(Frame.Type.OFFER, nextBut(tool, Frame.Type.PONG).type());
      tool.send(Frame.of(Frame.Type.WANT, ByteBuffer.allocate(Long.BYTES)));
      assertEquals(Frame.Type.CHUNK, tool.next().type());

      assertAllClosed();
    }
  }
}
