package io.raftkv.protocol;

import io.raftkv.bus.Bus;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verticle that clients talk to: it listens on the server's own host and client port, turns
 * bytes into requests for the bus, and replies from the bus into bytes.
 */
public final class ClientProtocolVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ClientProtocolVerticle.class);
  private static final int BACKLOG = 4_096;
  private static final long CHECK_MILLIS = 1_000;
  private static final long GRACE_MILLIS = 2_000;

  /** The replica answers in time if it is there; this is for when it is not. */
  private static final long BEYOND_REPLICA_MILLIS = 1_000;

  private final Optional<ServerSettings> given;
  private Optional<Open> open = Optional.empty();

  /** What exists once the port is open. */
  private record Open(NetServer server, ClientPort port) {}

  /** For a deployment with a configuration: config.json's keys and {@code Id}. */
  public ClientProtocolVerticle() {
    given = Optional.empty();
  }

  public ClientProtocolVerticle(ServerSettings settings) {
    given = Optional.of(settings);
  }

  @Override
  public Future<?> start() {
    var settings = given.orElseGet(this::settingsOfDeployment);
    var self = settings.self();
    var bus = Bus.of(vertx, settings.busName());
    long giveUpMillis = settings.options().requestTimeoutMillis() + BEYOND_REPLICA_MILLIS;
    var port =
        new ClientPort(
            ProtocolLimits.of(settings.options()),
            given.isPresent() ? giveUpMillis : settings.options().requestTimeoutMillis(),
            new SecureRandom().nextLong(),
            bus,
            context);
    bus.onReplies(port::replied);
    vertx.setPeriodic(CHECK_MILLIS, timer -> port.check());
    var server = vertx.createNetServer(options(self)).connectHandler(port::connected);
    open = Optional.of(new Open(server, port));
    return server.listen().recover(cause -> Future.failedFuture(self.cannotServeClients(cause)));
  }

  private ServerSettings settingsOfDeployment() {
    var settings = ConfigLoader.fromJson(config().getMap(), "the verticle's configuration");
    LOG.info(
        "the client port of server {} answers ERR_INTERNAL until a RaftVerticle is deployed in the"
            + " same Vertx",
        settings.id());
    return settings;
  }

  private static NetServerOptions options(ServerConfig self) {
    return new NetServerOptions()
        .setHost(self.hostname())
        .setPort(self.clientPort())
        .setAcceptBacklog(BACKLOG)
        .setTcpNoDelay(true);
  }

  /** Takes no new requests; those in flight get 2 s, the rest an error. */
  @Override
  public Future<?> stop() {
    return open.map(this::stop).orElseGet(Future::succeededFuture);
  }

  private Future<Void> stop(Open now) {
    Promise<Void> quiet = Promise.promise();
    long timer = vertx.setTimer(GRACE_MILLIS, late -> quiet.tryComplete());
    now.port().end(quiet::tryComplete);
    return quiet
        .future()
        .compose(
            done -> {
              vertx.cancelTimer(timer);
              now.port().giveUpAll();
              return now.server().shutdown(CHECK_MILLIS, TimeUnit.MILLISECONDS);
            });
  }
}
