package io.raftkv.launcher;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.LocalHosts;
import io.raftkv.config.ServerSettings;
import io.raftkv.server.FreshStart;
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
    return servers()
        .compose(servers -> vertx.executeBlocking(() -> prepare(servers)))
        .map(this::startFleet)
        .recover(cause -> closeConsole().transform(closed -> Future.failedFuture(cause)));
  }

  private Future<List<ServerSettings>> servers() {
    if (config().isEmpty() || options.config().isPresent()) {
      return ConfigStores.load(vertx, options.config().orElseGet(ConfigLoader::defaultFile));
    }
    return Future.succeededFuture(
        ConfigLoader.allFromJson(config().getMap(), "the verticle's configuration"));
  }

  private List<ServerSettings> prepare(List<ServerSettings> servers) {
    var here = servers.stream().filter(LauncherVerticle::isHere).toList();
    servers.stream().filter(server -> !here.contains(server)).forEach(this::tellElsewhere);
    if (here.isEmpty()) {
      throw new Failure(
          ExitStatus.CONFIGURATION,
          "no server to start: no Hostname of the configuration is an address of this machine");
    }
    if (options.fresh()) {
      here.forEach(settings -> FreshStart.deleteOldData(settings, console::say));
    }
    return here;
  }

  private static boolean isHere(ServerSettings settings) {
    return LocalHosts.isHere(settings.self().hostname());
  }

  private void tellElsewhere(ServerSettings settings) {
    var host = settings.self().hostname();
    console.say(
        "server " + settings.id() + " is on " + host + ", not on this machine: start it there");
  }

  private Fleet startFleet(List<ServerSettings> servers) {
    Fleet.Starter starter = options.embedded() ? EmbeddedServer::start : this::startProcess;
    var started = new Fleet(vertx, starter, options.restart(), console::say, whenAllEnded);
    fleet = Optional.of(started);
    started.start(servers);
    return started;
  }

  private Future<ServerHandle> startProcess(ServerSettings settings, HandleListener listener) {
    return vertx.executeBlocking(
        () -> ServerProcess.start(ServerCommand.of(settings.id()), settings, listener), false);
  }

  @Override
  public Future<?> stop() {
    return fleet.map(Fleet::stop).orElseGet(Future::succeededFuture).eventually(this::closeConsole);
  }

  private Future<Void> closeConsole() {
    return vertx
        .executeBlocking(
            () -> {
              console.close();
              return Optional.empty();
            })
        .mapEmpty();
  }
}
