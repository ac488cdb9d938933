package io.raftkv.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.config.ClusterConfig;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FleetTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<String> said = new ArrayList<>();
  private final List<Integer> ends = new ArrayList<>();
  private final Map<Integer, Scripted> servers = new TreeMap<>();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void theClusterIsReadyWhenAllServeAndALeaderIsKnown() {
    start(false);

    onLoop(0, HandleListener::serving);
    onLoop(1, HandleListener::serving);
    onLoop(1, server -> server.leaderChanged(-1, 3));
    onLoop(1, server -> server.leaderChanged(2, 3));
    onLoop(2, HandleListener::serving);

    assertEquals(
        List.of(
            "server 0 serves clients on h0:1",
            "server 1 serves clients on h1:1",
            "server 2 serves clients on h2:1",
            "cluster ready, leader 2"),
        said);
  }

  @Test
  void eachChangeOfLeaderIsToldOnce() {
    start(false);
    onLoop(0, server -> server.leaderChanged(2, 3));
    servers.keySet().forEach(id -> onLoop(id, HandleListener::serving));
    said.clear();

    onLoop(0, server -> server.leaderChanged(-1, 4));
    onLoop(0, server -> server.leaderChanged(1, 5));
    onLoop(1, server -> server.leaderChanged(1, 5));
    onLoop(2, server -> server.leaderChanged(2, 3));
    onLoop(2, server -> server.leaderChanged(1, 6));

    assertEquals(List.of("server 1 leads"), said);
  }

  @Test
  void theOthersGoOnWithoutAServerThatCannotStart() {
    start(false);
    onLoop(0, server -> server.leaderChanged(1, 1));
    onLoop(0, HandleListener::serving);
    onLoop(1, HandleListener::serving);

    onLoop(2, server -> server.said("port 1 is taken"));
    onLoop(2, server -> server.ended(3));

    assertEquals(
        List.of("[2] port 1 is taken", "server 2 ended with status 3", "cluster ready, leader 1"),
        said.subList(2, said.size()));
  }

  @Test
  void theFirstStatusIsThatOfTheWhole() {
    start(false);

    onLoop(1, server -> server.ended(3));
    onLoop(0, server -> server.ended(4));
    onLoop(1, server -> server.ended(7));
    assertEquals(List.of(), ends);
    onLoop(2, server -> server.ended(137));

    assertEquals(List.of(3), ends);
  }

  @Test
  void aServerIsStartedAgainIfAsked() {
    start(true);
    var first = servers.get(1);

    onLoop(1, server -> server.ended(137));
    await(() -> servers.get(1) != first);
    onLoop(2, server -> server.ended(2));

    assertEquals(
        List.of(
            "server 1 ended with status 137; starting it again in 500 ms",
            "server 2 ended with status 2"),
        said);
    assertEquals(List.of(), ends);
  }

  @Test
  void allAreStoppedTogetherAndNoneIsStartedAgain() {
    var fleet = start(true);

    var stopped = call(fleet::stop);
    assertTrue(servers.values().stream().allMatch(server -> server.stopped));
    servers.keySet().forEach(id -> onLoop(id, server -> server.ended(0)));

    stopped.await();
    assertEquals(List.of(), said);
    assertEquals(List.of(), ends);
  }

  @Test
  void whatDoesNotStopIsKilled() {
    var fleet = start(false);
    servers.values().forEach(server -> server.endsWhenKilled = true);

    call(fleet::stop).await();

    assertEquals("server 0 did not stop in time and is killed", said.get(0));
    assertEquals(3, said.size());
  }

  private Fleet start(boolean restart) {
    var list =
        List.of(
            new ServerConfig(0, "h0", 1, 2),
            new ServerConfig(1, "h1", 1, 2),
            new ServerConfig(2, "h2", 1, 2));
    var cluster = new ClusterConfig(Path.of("data"), list, Options.DEFAULTS);
    var settings = list.stream().map(s -> new ServerSettings(cluster, s.id(), false)).toList();
    var fleet = new Fleet(vertx, this::startScripted, restart, said::add, ends::add);
    call(
        () -> {
          fleet.start(settings);
          return Future.succeededFuture();
        });
    return fleet;
  }

  private Future<ServerHandle> startScripted(ServerSettings settings, HandleListener listener) {
    var server = new Scripted(listener);
    servers.put(settings.id(), server);
    return Future.succeededFuture(server);
  }

  private void onLoop(int id, Consumer<HandleListener> event) {
    event.accept(servers.get(id).listener);
    call(Future::succeededFuture);
  }

  /** Calls on the fleet's event loop, behind all that it has still to do. */
  private <T> Future<T> call(Supplier<Future<T>> action) {
    var called = Promise.<Future<T>>promise();
    context.runOnContext(go -> called.complete(action.get()));
    return called.future().await();
  }

  private void await(BooleanSupplier holds) {
    var promise = Promise.<Void>promise();
    vertx.setPeriodic(
        10,
        tick -> {
          if (holds.getAsBoolean()) {
            promise.tryComplete();
          }
        });
    promise.future().await();
  }

  /** A server that does what the test says. */
  private static final class Scripted implements ServerHandle {
    private final HandleListener listener;
    private boolean stopped;
    private boolean endsWhenKilled;

    Scripted(HandleListener listener) {
      this.listener = listener;
    }

    @Override
    public void stop() {
      stopped = true;
    }

    @Override
    public void kill() {
      if (endsWhenKilled) {
        listener.ended(137);
      }
    }
  }
}
