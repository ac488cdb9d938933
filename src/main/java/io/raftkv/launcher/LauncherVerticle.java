package io.raftkv.launcher;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.ServerSettings;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Starts every server of a config.json whose host is this machine, as processes of their own or in
 * this JVM, and stops them when it is undeployed. No server outlives it.
 */
public final class LauncherVerticle extends VerticleBase {
  private final LauncherOptions options;
  private final Console console;
  private final IntConsumer whenAllEnded;
  private Optional<Fleet> fleet = Optional.empty();

  /** For a deployment with or without a configuration: config.json's keys, else the usual file. */
  public LauncherVerticle() {
    this(LauncherOptions.DEFAULTS);
  }

  /** Tells people on standard error, and undeploys itself when no server is left. */
  public LauncherVerticle(LauncherOptions options) {
    this.options = options;
    this.console = new Console(System.err);
    this.whenAllEnded = status -> undeployMyself();
  }

  /**
   * @param out is told what happens, a line for each
   * @param whenAllEnded is called with the exit status of the first server that ended, when none is
   *     left
   */
  public LauncherVerticle(LauncherOptions options, PrintStream out, IntConsumer whenAllEnded) {
    this.options = options;
    this.console = new Console(out);
    this.whenAllEnded = whenAllEnded;
  }

  private void undeployMyself() {
    vertx
        .undeploy(deploymentID())
        .onFailure(cause -> console.say("the launcher was not undeployed: " + cause));
  }

  @Override
  public Future<?> start() {
    return cluster()
        .compose(cluster -> vertx.executeBlocking(() -> prepare(cluster)))
        .map(this::startFleet)
        .recover(cause -> closeConsole().transform(closed -> Future.failedFuture(cause)));
  }

  private Future<ClusterConfig> cluster() {
    if (config().isEmpty() || options.config().isPresent()) {
      return ConfigStores.load(vertx, options.config().orElseGet(ConfigLoader::defaultFile));
    }
    return Future.succeededFuture(
        ConfigLoader.clusterFromJson(config().getMap(), "the verticle's configuration"));
  }

  private List<ServerSettings> prepare(ClusterConfig cluster) {
    var here =
        cluster.servers().stream().filter(server -> LocalHosts.isHere(server.hostname())).toList();
    for (var server : cluster.servers()) {
      if (!here.contains(server)) {
        var host = server.hostname();
        console.say(
            "server " + server.id() + " is on " + host + ", not on this machine: start it there");
      }
    }
    if (here.isEmpty()) {
      throw new Failure(
          ExitStatus.CONFIGURATION,
          "no server to start: no Hostname of the configuration is an address of this machine");
    }
    return here.stream().map(server -> new ServerSettings(cluster, server.id(), false)).toList();
  }

  private Fleet startFleet(List<ServerSettings> servers) {
    Fleet.Starter starter = options.embedded() ? this::startEmbedded : this::startProcess;
    var started = new Fleet(vertx, starter, options.restart(), console::say, whenAllEnded);
    fleet = Optional.of(started);
    started.start(servers);
    return started;
  }

  private Future<ServerHandle> startEmbedded(ServerSettings settings, HandleListener listener) {
    return Future.succeededFuture(EmbeddedServer.start(settings, listener));
  }

  private Future<ServerHandle> startProcess(ServerSettings settings, HandleListener listener) {
    return vertx.executeBlocking(
        () -> ServerProcess.start(ServerCommand.of(settings.id()), settings, listener), false);
  }

  @Override
  public Future<?> stop() {
    return fleet
        .map(Fleet::stop)
        .orElseGet(Future::succeededFuture)
        .eventually(this::closeConsole);
  }

  private Future<Void> closeConsole() {
    return vertx.executeBlocking(
        () -> {
          console.close();
          return Optional.empty();
        })
        .mapEmpty();
  }
}
