package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.protocol.ClientProtocolVerticle;
import io.raftkv.testing.FreePorts;
import io.raftkv.testing.TestClient;
import io.raftkv.transport.PeerTransportVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Checkpoint;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Servers inside a program that is somebody else's. */
@ExtendWith(VertxExtension.class)
class EmbeddingTest {
  @TempDir Path path;

  private static JsonObject config(Path path, List<Integer> ports, int id) {
    var servers = new JsonArray();
    for (int i = 0; i < ports.size() / 2; i++) {
      servers.add(
          new JsonObject()
              .put("Id", i)
              .put("Hostname", "127.0.0.1")
              .put("ClientPort", ports.get(2 * i))
              .put("LogPort", ports.get(2 * i + 1)));
    }
    return new JsonObject()
        .put("path", path.toString())
        .put("servers", servers)
        .put("electionTimeoutMillis", 300)
        .put("requestTimeoutMillis", 500)
        .put("Id", id);
  }

  private static DeploymentOptions options(JsonObject config) {
    return new DeploymentOptions().setConfig(config);
  }

  /** The user's own verticle: greets over the bus, next to the store. */
  private static final class Greeter extends VerticleBase {
    @Override
    public Future<?> start() {
      vertx.eventBus().<String>consumer("greet", m -> m.reply("hello " + m.body()));
      return Future.succeededFuture();
    }
  }

  @Test
  void aWholeClusterLivesInOneVertxBesideTheUsersVerticles(Vertx vertx) throws Exception {
    var ports = FreePorts.take(6);
    vertx.deployVerticle(new Greeter()).await(10, TimeUnit.SECONDS);
    for (int id = 0; id < 3; id++) {
      deploy(vertx, new ServerVerticle(), config(path, ports, id));
    }

    for (int id = 0; id < 3; id++) {
      try (var client = patientClient(ports.get(2 * id))) {
        assertEquals("v" + id, client.get("k" + id));
      }
    }
    var greeting = vertx.eventBus().<String>request("greet", "you").await(10, TimeUnit.SECONDS);
    assertEquals("hello you", greeting.body());
  }

  /** Writes until the cluster has formed and a write is acknowledged. */
  private TestClient patientClient(int port) throws IOException {
    var client = new TestClient(port);
    for (int id = 0; id < 3; id++) {
      var reply = client.set("k" + id, "v" + id);
      while (reply.equals("ERR_INTERNAL")) {
        reply = client.set("k" + id, "v" + id);
      }
      assertTrue(reply.startsWith("OK "), reply);
    }
    return client;
  }

  private static String deploy(Vertx vertx, Deployable verticle, JsonObject config)
      throws Exception {
    return vertx.deployVerticle(verticle, options(config)).await(10, TimeUnit.SECONDS);
  }

  @Test
  void twoClustersWithTheSameIdsDoNotMeet(Vertx vertx) throws Exception {
    var ports = FreePorts.take(4);
    deploy(vertx, new ServerVerticle(), config(path.resolve("a"), ports.subList(0, 2), 0));
    deploy(vertx, new ServerVerticle(), config(path.resolve("b"), ports.subList(2, 4), 0));

    try (var a = patientClient(ports.get(0));
        var b = patientClient(ports.get(2))) {
      assertTrue(a.set("only", "a").startsWith("OK "));
      assertEquals("ERR_NOT_FOUND", b.get("only"));
    }
  }

  @Test
  void aClientPortWithoutItsReplicaSaysSoAfterTheTimeout(Vertx vertx) throws Exception {
    var ports = FreePorts.take(2);
    deploy(vertx, new ClientProtocolVerticle(), config(path, ports, 0));

    try (var client = new TestClient(ports.get(0))) {
      assertEquals("ERR_INTERNAL", client.get("k"));
    }
  }

  @Test
  void threeVerticlesDeployedOneByOneAreAServer(Vertx vertx) throws Exception {
    var ports = FreePorts.take(2);
    var config = config(path, ports, 0);
    deploy(vertx, new RaftVerticle(), config);
    deploy(vertx, new PeerTransportVerticle(), config);
    deploy(vertx, new ClientProtocolVerticle(), config);

    try (var client = patientClient(ports.get(0))) {
      assertEquals("v0", client.get("k0"));
    }
  }

  @Test
  void aVerticleWithoutSettingsFailsItsDeployment(Vertx vertx, VertxTestContext context) {
    var verticles =
        List.<Deployable>of(
            new ServerVerticle(),
            new RaftVerticle(),
            new PeerTransportVerticle(),
            new ClientProtocolVerticle());
    Checkpoint refused = context.checkpoint(verticles.size());
    for (var verticle : verticles) {
      vertx
          .deployVerticle(verticle, options(new JsonObject()))
          .onSuccess(deployed -> context.failNow(verticle + " needs no settings"))
          .onFailure(
              cause ->
                  context.verify(
                      () -> {
                        var failure = assertInstanceOf(Failure.class, cause);
                        assertEquals(ExitStatus.CONFIGURATION, failure.status());
                        refused.flag();
                      }));
    }
  }

  @Test
  void aServerThatIsUndeployedGivesItsPortsAndItsFolderBack(Vertx vertx) throws Exception {
    var ports = FreePorts.take(2);
    var config = config(path, ports, 0);
    for (int round = 0; round < 3; round++) {
      var deployment = deploy(vertx, new ServerVerticle(), config);
      try (var client = patientClient(ports.get(0))) {
        assertEquals("v0", client.get("k0"));
      }
      vertx.undeploy(deployment).await(10, TimeUnit.SECONDS);
    }
  }
}
