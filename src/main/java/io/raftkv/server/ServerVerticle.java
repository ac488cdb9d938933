package io.raftkv.server;

import io.raftkv.base.Failure;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.ServerSettings;
import io.raftkv.protocol.ClientProtocolVerticle;
import io.raftkv.replica.ReplicaStatus;
import io.raftkv.storage.StorageOptions;
import io.raftkv.transport.PeerTransportVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole server as one deployable: its replica, then its peer port, then its client port, and the
 * other way round when it is undeployed. Deploy it in a Vertx with one event loop: then the three
 * share a thread, and the bus between them costs next to nothing.
 */
public final class ServerVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ServerVerticle.class);

  private final Optional<ServerSettings> given;
  private final StorageOptions storageOptions;
  private final ServerListener listener;
  private Optional<RaftVerticle> raft = Optional.empty();
  private Optional<Failure> failedBefore = Optional.empty();
  private boolean started;

  /** For a deployment with a configuration: config.json's keys and {@code Id}. */
  public ServerVerticle() {
    given = Optional.empty();
    storageOptions = StorageOptions.DEFAULTS;
    listener = new LoggingListener();
  }

  /**
   * @param listener is told what becomes of the server
   */
  public ServerVerticle(ServerSettings settings, ServerListener listener) {
    this(settings, StorageOptions.DEFAULTS, listener);
  }

  /**
   * @param storageOptions how the log lies on the disk
   * @param listener is told what becomes of the server
   */
  public ServerVerticle(
      ServerSettings settings, StorageOptions storageOptions, ServerListener listener) {
    given = Optional.of(settings);
    this.storageOptions = storageOptions;
    this.listener = listener;
  }

  @Override
  public Future<?> start() {
    var settings =
        given.orElseGet(
            () -> ConfigLoader.fromJson(config().getMap(), "the verticle's configuration"));
    var ready = new WhenReady(listener, context);
    var replica = new RaftVerticle(settings, storageOptions, ready, this::fail);
    raft = Optional.of(replica);
    return vertx
        .deployVerticle(replica)
        .compose(
            deployed ->
                deployPorts(replica, settings, storageOptions)
                    .compose(open -> Future.future(this::complete))
                    .recover(undoing(deployed)))
        .onSuccess(deployed -> ready.opened());
  }

  private static Future<String> deployPorts(
      RaftVerticle replica, ServerSettings settings, StorageOptions options) {
    return replica
        .deployChild(new PeerTransportVerticle(settings, options))
        .compose(deployed -> replica.deployChild(new ClientProtocolVerticle(settings)));
  }

  /** Vert.x undeploys only what has started: a failure before that is one of the start. */
  private void complete(Promise<Void> start) {
    context.runOnContext(
        go -> {
          started = failedBefore.isEmpty();
          failedBefore.ifPresentOrElse(start::fail, start::complete);
        });
  }

  private <T> Function<Throwable, Future<T>> undoing(String deployed) {
    return cause -> vertx.undeploy(deployed).transform(undone -> Future.failedFuture(cause));
  }

  /**
   * Called when the three are undeployed. A closed channel gives its port back only when the event
   * loop next asks its selector, and a timer is due behind that: so whoever deploys the server
   * again finds the ports free.
   */
  @Override
  public Future<?> stop() {
    return vertx.timer(1);
  }

  /** What an operator may want to know; empty before it is deployed. From any thread. */
  public Future<Optional<ReplicaStatus>> status() {
    return raft.map(RaftVerticle::status).orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  private void fail(Failure failure) {
    listener.failing(failure);
    context.runOnContext(go -> end(failure));
  }

  private void end(Failure failure) {
    if (!started) {
      failedBefore = Optional.of(failure);
      return;
    }
    vertx
        .undeploy(deploymentID())
        .onFailure(again -> LOG.warn("the failed server was not undeployed: {}", again.toString()))
        .onComplete(done -> listener.failed(failure));
  }
}
