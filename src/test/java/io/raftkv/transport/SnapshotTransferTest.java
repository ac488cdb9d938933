package io.raftkv.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.bus.Bus;
import io.raftkv.bus.Identity;
import io.raftkv.bus.SendSnapshot;
import io.raftkv.bus.SnapshotReceived;
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
import io.raftkv.raft.Event;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import io.raftkv.storage.SnapshotFiles;
import io.raftkv.storage.StorageOptions;
import io.raftkv.testing.FreePorts;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots between two real transports, over real sockets and files. */
class SnapshotTransferTest {
  private static final Configuration CONFIGURATION =
      new Configuration(77, List.of(new Configuration.Seat(0, 100)));

  @TempDir Path path;

  private final List<Vertx> running = new ArrayList<>();
  private Optional<ClusterConfig> configured = Optional.empty();

  @BeforeEach
  void configure() throws IOException {
    var ports = FreePorts.take(4);
    var servers =
        List.of(
            new ServerConfig(0, "127.0.0.1", ports.get(0), ports.get(1)),
            new ServerConfig(1, "127.0.0.1", ports.get(2), ports.get(3)));
    configured = Optional.of(new ClusterConfig(path, servers, new Options(10_000, 1 << 20, 200)));
    Files.createDirectories(folder(0));
    Files.createDirectories(folder(1));
  }

  private ClusterConfig cluster() {
    return configured.orElseThrow();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (var vertx : running) {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private Path folder(int id) {
    return cluster().dataDirectory(id);
  }

  private SnapshotFiles files(int id) {
    return new SnapshotFiles(folder(id), StorageOptions.DEFAULTS);
  }

  /** A transport, and what its replica would hear. */
  private final class Node {
    final LinkedBlockingQueue<Event.SnapshotSent> sent = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<SnapshotReceived> received = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Event> opened = new LinkedBlockingQueue<>();
    final Vertx vertx = Vertx.vertx();
    final Bus bus;

    Node(int id) throws Exception {
      running.add(vertx);
      var settings = new ServerSettings(cluster(), id, false);
      bus = Bus.of(vertx, settings.busName());
      bus.onSnapshots(received::add);
      bus.onPeers(
          batch -> {
            if (batch.events().isEmpty()) {
              bus.toPeers(new Identity(id, 100 + id, 0));
            }
            batch.events().forEach(this::heard);
          });
      vertx
          .deployVerticle(new PeerTransportVerticle(settings, StorageOptions.DEFAULTS))
          .await(10, TimeUnit.SECONDS);
    }

    private void heard(Event event) {
      if (event instanceof Event.SnapshotSent told) {
        sent.add(told);
      } else {
        opened.add(event);
      }
    }

    /** Asks for a snapshot to be sent to server 1; how it ended. */
    boolean send(long atLeast) throws InterruptedException {
      bus.toPeers(new SendSnapshot(1, atLeast));
      var end = sent.poll(20, TimeUnit.SECONDS);
      assertNotNull(end, "nothing was said of the end");
      assertEquals(1, end.to());
      return end.delivered();
    }
  }

  private static KvStore store(long index) {
    var store = new KvStore();
    store.advance(1, 1);
    for (int i = 2; i <= index; i++) {
      var value = Bytes.wrap(new byte[64 << 10]);
      var id = new RequestId(0, new Life(1, 1), i - 1);
      Optional<Request.Command> command =
          Optional.of(new Request.Set(Bytes.utf8("key" + i), 0, value));
      store.apply(i, i, new Proposal(id, command).encode());
    }
    return store;
  }

  private void save(int id, long index) throws IOException {
    var snapshot = new Snapshot(new SnapshotId(index, 1, index), CONFIGURATION);
    files(id).save(snapshot, store(index).freeze());
  }

  private static byte[] only(Path folder, String prefix) throws IOException {
    try (var names = Files.list(folder)) {
      var found = names.filter(f -> f.getFileName().toString().startsWith(prefix)).toList();
      assertEquals(1, found.size(), found.toString());
      return Files.readAllBytes(found.get(0));
    }
  }

  @Test
  void aSnapshotOfSomeMegabytesArrivesAsItWasSent() throws Exception {
    save(0, 100);
    var sender = new Node(0);
    var receiver = new Node(1);

    assertTrue(sender.send(100));

    var arrived = receiver.received.poll(10, TimeUnit.SECONDS);
    assertNotNull(arrived);
    assertEquals(100, arrived.snapshot().id().index());
    assertEquals(CONFIGURATION, arrived.snapshot().configuration());
    assertEquals(store(100).digest(), arrived.store().digest());
    assertEquals(
        ByteBuffer.wrap(only(folder(0), "snapshot-")),
        ByteBuffer.wrap(only(folder(1), "snapshot-")));
    assertNull(sender.sent.poll(), "the end is said once");
  }

  @Test
  void whoHasNoneThatReachesFarEnoughSaysSo() throws Exception {
    var sender = new Node(0);
    new Node(1);
    assertTrue(!sender.send(1));

    save(0, 10);

    assertTrue(!sender.send(11));
    assertTrue(sender.send(10));
  }

  @Test
  void whoHasANewerOneNeedsNone() throws Exception {
    save(0, 10);
    save(1, 20);
    var sender = new Node(0);
    var receiver = new Node(1);

    assertTrue(sender.send(10));

    assertNull(receiver.received.poll());
    only(folder(1), "snapshot-");
  }

  @Test
  void aPeerThatIsNotThereGetsNothing() throws Exception {
    save(0, 10);
    var sender = new Node(0);
    assertTrue(!sender.send(10));
  }

  /** What is there already is not sent again; that it is damaged is found at the end. */
  @Test
  void aTransferGoesOnWhereTheLastBrokeOff() throws Exception {
    save(0, 50);
    var file = only(folder(0), "snapshot-");
    var half = java.util.Arrays.copyOf(file, file.length / 2);
    half[half.length / 2] ^= 1;
    Files.write(folder(1).resolve("receiving-50-1-" + file.length), half);
    var sender = new Node(0);
    var receiver = new Node(1);

    assertTrue(!sender.send(50), "the damaged half was taken for good");
    assertNull(receiver.received.poll());

    assertTrue(sender.send(50), "it starts anew");
    assertEquals(store(50).digest(), receiver.received.take().store().digest());
  }

  @Test
  void oneThatWentBadIsNotSentAgainAndAgain() throws Exception {
    save(0, 40);
    save(0, 50);
    var newest = folder(0).resolve("snapshot-%016d".formatted(50));
    var bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(newest, bytes);
    var sender = new Node(0);
    var receiver = new Node(1);

    assertTrue(!sender.send(40), "it is refused");

    boolean wasThere = Files.exists(newest);
    while (!sender.send(40)) {
      assertTrue(wasThere, "the older one is not taken either");
      wasThere = Files.exists(newest);
    }
    assertEquals(40, receiver.received.take().snapshot().id().index());
    assertTrue(Files.exists(newest.resolveSibling(newest.getFileName() + ".corrupt")));
  }

  @Test
  void whoeverHasNoLinkToAServerSaysThatItGotNothing() throws Exception {
    save(0, 10);
    var sender = new Node(0);

    sender.bus.toPeers(new SendSnapshot(7, 10));

    assertEquals(
        new Event.SnapshotSent(7, false), sender.sent.poll(20, TimeUnit.SECONDS), "the end");
  }

  @Test
  void theMessageLinkStaysAsItIs() throws Exception {
    save(0, 100);
    var sender = new Node(0);
    var receiver = new Node(1);
    assertEquals(Event.LinkOpened.class, receiver.opened.poll(10, TimeUnit.SECONDS).getClass());

    assertTrue(sender.send(1));

    assertNull(receiver.opened.poll(), "no link opened or closed");
  }

  /** A peer by hand: says hello and the frames of a script, and waits for the other to hang up. */
  private void isHungUpOn(byte[]... frames) throws Exception {
    try (var socket = new Socket("127.0.0.1", cluster().server(1).logPort())) {
      socket.setSoTimeout(10_000);
      var in = socket.getInputStream();
      var decoder = new FrameDecoder(1 << 20);
      Optional<Frame> hello = Optional.empty();
      while (hello.isEmpty()) {
        decoder.add(in.readNBytes(1));
        hello = decoder.next();
      }
      long nonce = Hello.decode(hello.get().payload()).nonce();
      var back = Hello.of(new Identity(0, 100, 0), 1, new Roster(List.of(0, 1), 9_000), nonce);
      socket.getOutputStream().write(back.frame(Frame.Type.SNAPSHOT_HELLO));
      for (var frame : frames) {
        socket.getOutputStream().write(frame);
      }
      in.readAllBytes();
    } catch (java.net.SocketException reset) {
      // Hung up on while bytes were on their way.
    }
  }

  private static byte[] chunk(long position, int bytes) {
    var payload = ByteBuffer.allocate(8 + bytes).putLong(position).position(8 + bytes).flip();
    return Frame.of(Frame.Type.CHUNK, payload);
  }

  @Test
  void whatDoesNotFitClosesTheConnectionAndChangesNothing() throws Exception {
    var receiver = new Node(1);
    var offer = new Offer(new SnapshotId(10, 1, 1), 1_000).frame();

    isHungUpOn(chunk(0, 10));
    isHungUpOn(offer, offer);
    isHungUpOn(new Offer(new SnapshotId(0, 0, 0), 1_000).frame());
    isHungUpOn(Frame.of(Frame.Type.MESSAGE, ByteBuffer.allocate(10)));
    isHungUpOn(Frame.of(Frame.Type.OFFER, ByteBuffer.allocate(3)));

    assertNull(receiver.received.poll());
    save(0, 10);
    assertTrue(new Node(0).send(10));
  }
}
