package io.raftkv.server;

import io.raftkv.base.Failure;
import io.raftkv.bus.Bus;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.ServerSettings;
import io.raftkv.replica.ReplicaStatus;
import io.raftkv.storage.Storage;
import io.raftkv.storage.StorageOptions;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verticle of a server's brain: opens its data and runs its replica on this verticle's event
 * loop. It speaks to the client port and to the peers over the bus alone.
 */
public final class RaftVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(RaftVerticle.class);

  private final Optional<ServerSettings> given;
  private final StorageOptions storageOptions;
  private final ServerListener listener;
  private final Consumer<Failure> onFatal;
  private Optional<ReplicaDriver> driver = Optional.empty();

  /** For a deployment with a configuration: config.json's keys and {@code Id}. */
  public RaftVerticle() {
    given = Optional.empty();
    storageOptions = StorageOptions.DEFAULTS;
    listener = new LoggingListener();
    onFatal = this::undeployMyself;
  }

  /**
   * @param onFatal called once if the server cannot go on; nothing is answered from then on
   */
  RaftVerticle(
      ServerSettings settings,
      StorageOptions storageOptions,
      ServerListener listener,
      Consumer<Failure> onFatal) {
    given = Optional.of(settings);
    this.storageOptions = storageOptions;
    this.listener = listener;
    this.onFatal = onFatal;
  }

  @Override
  public Future<?> start() {
    var settings = given.orElseGet(this::settingsOfDeployment);
    var starting =
        new ReplicaDriver(settings, context, Bus.of(vertx, settings.busName()), listener, onFatal);
    driver = Optional.of(starting);
    return vertx
        .executeBlocking(() -> openStorage(settings, starting))
        .map(starting::begin)
        .recover(cause -> starting.end(vertx).transform(ended -> Future.failedFuture(cause)));
  }

  private ServerSettings settingsOfDeployment() {
    var settings = ConfigLoader.fromJson(config().getMap(), "the verticle's configuration");
    LOG.info(
        "server {} runs its replica alone: deploy a PeerTransportVerticle and a"
            + " ClientProtocolVerticle in the same Vertx to give it ports",
        settings.id());
    return settings;
  }

  private Storage openStorage(ServerSettings settings, ReplicaDriver starting) {
    var directory = settings.cluster().dataDirectory(settings.id());
    return Storage.open(directory, settings.id(), storageOptions, starting);
  }

  @Override
  public Future<?> stop() {
    return driver.map(running -> running.end(vertx)).orElseGet(Future::succeededFuture);
  }

  /** Deploys a verticle that Vert.x undeploys before this one. */
  Future<String> deployChild(Deployable child) {
    return Future.future(
        promise -> context.runOnContext(go -> vertx.deployVerticle(child).onComplete(promise)));
  }

  /** What an operator may want to know, as it is between two turns. */
  Future<Optional<ReplicaStatus>> status() {
    return Future.future(
        promise ->
            context.runOnContext(go -> promise.complete(driver.flatMap(ReplicaDriver::status))));
  }

  private void undeployMyself(Failure failure) {
    LOG.error("{}", failure.getMessage());
    vertx
        .undeploy(deploymentID())
        .onFailure(
            again -> LOG.warn("the failed replica was not undeployed: {}", again.toString()));
  }
}
