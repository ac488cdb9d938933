package io.raftkv.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.bus.Bus;
import io.raftkv.bus.ClientReplies;
import io.raftkv.bus.ClientRequests;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.testing.FreePorts;
import io.raftkv.testing.TestClient;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The real client port over real sockets; the test is the replica. */
@ExtendWith(VertxExtension.class)
class ClientProtocolTest {
  private static final int REQUEST_TIMEOUT = 300;

  private final LinkedBlockingQueue<ClientRequests> asked = new LinkedBlockingQueue<>();
  private Bus bus;
  private int port;
  private String deployment = "";

  @BeforeEach
  void deploy(Vertx vertx) throws Exception {
    var ports = FreePorts.take(2);
    port = ports.get(0);
    var servers = List.of(new ServerConfig(0, "127.0.0.1", port, ports.get(1)));
    var options = new Options(REQUEST_TIMEOUT, 1 << 20, 1_000);
    var settings = new ServerSettings(new ClusterConfig(Path.of("x"), servers, options), 0, false);
    bus = Bus.of(vertx, settings.busName());
    deployment =
        vertx.deployVerticle(new ClientProtocolVerticle(settings)).await(10, TimeUnit.SECONDS);
  }

  private void collect() {
    bus.onClients(
        message -> {
          if (message instanceof ClientRequests requests) {
            asked.add(requests);
          }
        });
  }

  /** Answers every get with its key. */
  private void echo() {
    bus.onClients(
        message -> {
          if (message instanceof ClientRequests requests) {
            var replies = new ArrayList<ClientReplies.To>();
            for (var request : requests.requests()) {
              var key = ((Request.Query) request).key();
              replies.add(new ClientReplies.To(requests.connection(), new Reply.Value(key)));
            }
            bus.toClients(new ClientReplies(replies));
          }
        });
  }

  private ClientRequests nextAsked() throws InterruptedException {
    var requests = asked.poll(10, TimeUnit.SECONDS);
    assertTrue(requests != null, "nobody asked");
    return requests;
  }

  private void reply(long connection, Reply... replies) {
    bus.toClients(
        new ClientReplies(
            List.of(replies).stream().map(r -> new ClientReplies.To(connection, r)).toList()));
  }

  @Test
  void everyReplyHasItsLine() throws Exception {
    collect();
    try (var client = new TestClient(port)) {
      client.send("get a\r\n".repeat(8));
      long connection = nextAsked().connection();
      reply(
          connection,
          new Reply.Stored(42),
          Reply.DELETED,
          new Reply.Value(Bytes.utf8("v")),
          new Reply.ValueMeta(7, 60, Bytes.EMPTY),
          Reply.NOT_FOUND,
          Reply.VERSION_MISMATCH,
          Reply.INTERNAL,
          new Reply.Stored(Long.MAX_VALUE));

      assertEquals("OK 42", client.line());
      assertEquals("DELETED", client.line());
      assertEquals("VALUE 1 v", client.reply());
      assertEquals("VALUE 7 60 0 ", client.reply());
      assertEquals("ERR_NOT_FOUND", client.line());
      assertEquals("ERR_VERSION", client.line());
      assertEquals("ERR_INTERNAL", client.line());
      assertEquals("OK 9223372036854775807", client.line());
    }
  }

  @Test
  void whatCameTogetherIsAskedTogether() throws Exception {
    collect();
    try (var client = new TestClient(port)) {
      client.send("get a\r\ngetm b\r\ndelete c\r\n");

      assertEquals(3, nextAsked().requests().size());
    }
  }

  @Test
  void aMalformedLineWaitsItsTurn() throws Exception {
    collect();
    try (var client = new TestClient(port)) {
      client.send("bad\r\nget a\r\nbad\r\nget b\r\n");
      assertEquals("ERR_CMD_ERR", client.line());
      long connection = nextAsked().connection();
      assertTrue(client.isSilentFor(50));

      reply(connection, Reply.NOT_FOUND);
      assertEquals("ERR_NOT_FOUND", client.line());
      assertEquals("ERR_CMD_ERR", client.line());
      reply(connection, Reply.DELETED);
      assertEquals("DELETED", client.line());
    }
  }

  @Test
  void aClientThatSendsNoMoreGetsEveryReplyAndThenTheEnd() throws Exception {
    collect();
    try (var client = new TestClient(port)) {
      client.send("get a\r\nget b\r\n").finishSending();
      long connection = nextAsked().connection();

      reply(connection, Reply.NOT_FOUND);
      reply(connection, Reply.DELETED);

      assertEquals("ERR_NOT_FOUND", client.line());
      assertEquals("DELETED", client.line());
      assertTrue(client.isAtEnd());
    }
  }

  /** What has come in while the client was not read is still to be delivered behind its end. */
  @Test
  void aClientThatSendsManyRequestsAndNoMoreGetsEveryReply() throws Exception {
    int requests = 20_000;
    collect();
    try (var client = new TestClient(port)) {
      client.send("get a\r\n".repeat(requests)).finishSending();

      for (int answered = 0; answered < requests; ) {
        var batch = nextAsked();
        int size = batch.requests().size();
        reply(batch.connection(), Collections.nCopies(size, Reply.NOT_FOUND).toArray(Reply[]::new));
        for (int i = 0; i < size; i++) {
          assertEquals("ERR_NOT_FOUND", client.line());
        }
        answered += size;
      }
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void aClientThatSendsNothingAndNoMoreIsLetGo() throws Exception {
    try (var client = new TestClient(port)) {
      client.finishSending();

      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void aHundredThousandRequestsAheadAreAnsweredInOrder() throws Exception {
    echo();
    try (var client = new TestClient(port)) {
      var sender =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 100_000; i++) {
                    client.send("get k" + i + "\r\n");
                  }
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      sender.start();

      for (int i = 0; i < 100_000; i++) {
        var key = "k" + i;
        assertEquals("VALUE " + key.length() + " " + key, client.reply());
      }
      sender.join();
    }
  }

  @Test
  void withoutAReplicaAClientIsToldSoAfterTheTimeout() throws Exception {
    try (var client = new TestClient(port)) {
      client.send("get a\r\n");

      assertEquals("ERR_INTERNAL", client.line());
    }
  }

  @Test
  void aReplyThatComesAfterItWasGivenUpIsNobodyElses() throws Exception {
    collect();
    try (var client = new TestClient(port)) {
      client.send("get a\r\n");
      long connection = nextAsked().connection();
      assertEquals("ERR_INTERNAL", client.line());
      client.send("get b\r\n");
      nextAsked();

      reply(connection, new Reply.Value(Bytes.utf8("late")), new Reply.Value(Bytes.utf8("b")));

      assertEquals("VALUE 1 b", client.reply());
    }
  }

  @Test
  void aClientThatDoesNotReadIsReadNoFurther() throws Exception {
    var value = new Reply.Value(Bytes.wrap(new byte[1 << 20]));
    var count = new java.util.concurrent.atomic.AtomicInteger();
    bus.onClients(
        message -> {
          if (message instanceof ClientRequests requests) {
            count.addAndGet(requests.requests().size());
            requests.requests().forEach(r -> reply(requests.connection(), value));
          }
        });
    try (var client = new TestClient(port)) {
      var sender =
          new Thread(
              () -> {
                try {
                  client.send("get a\r\n".repeat(1_000_000));
                } catch (java.io.IOException closed) {
                  // The test ends before everything is sent.
                }
              });
      sender.start();
      assertTrue(!client.isSilentFor(10_000));
      sender.join(1_000);

      assertTrue(count.get() < 50_000, count + " were asked ahead");
    }
  }

  @Test
  void aStopAnswersWhatIsUnderWayAndTakesNoMore(Vertx vertx) throws Exception {
    collect();
    try (var idle = new TestClient(port);
        var busy = new TestClient(port)) {
      busy.send("get a\r\n");
      long connection = nextAsked().connection();
      var stopped = vertx.undeploy(deployment);
      assertTrue(idle.isAtEnd());

      reply(connection, Reply.NOT_FOUND);

      assertEquals("ERR_NOT_FOUND", busy.line());
      assertTrue(busy.isAtEnd());
      stopped.await(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aStopDoesNotWaitForEver(Vertx vertx) throws Exception {
    collect();
    try (var client = new TestClient(port)) {
      client.send("set k 0 1\r\nv\r\n");
      nextAsked();

      vertx.undeploy(deployment).await(10, TimeUnit.SECONDS);

      assertEquals("ERR_INTERNAL", client.line());
      assertTrue(client.isAtEnd());
    }
  }
}
