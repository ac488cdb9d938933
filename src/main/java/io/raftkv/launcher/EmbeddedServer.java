package io.raftkv.launcher;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.server.KvServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** A server in the launcher's own JVM, in a Vert.x instance of its own. */
final class EmbeddedServer implements ServerHandle {
  private final HandleListener listener;
  private final Future<KvServer> server;

  private EmbeddedServer(HandleListener listener, Future<KvServer> server) {
    this.listener = listener;
    this.server = server;
  }

  /** Starts it from a thread of its own: Vert.x wants no instance made on another's threads. */
  static Future<ServerHandle> start(ServerSettings settings, HandleListener listener) {
    var promise = Promise.<ServerHandle>promise();
    var starter =
        new Thread(() -> promise.complete(startHere(settings, listener)), "start-" + settings.id());
    starter.start();
    return promise.future();
  }

  private static ServerHandle startHere(ServerSettings settings, HandleListener listener) {
    var server = KvServer.start(sharingTheHeap(settings), listener);
    server.onFailure(cause -> listener.failed(asFailure(cause)));
    return new EmbeddedServer(listener, server);
  }

  /** All servers of the file may live here. */
  private static ServerSettings sharingTheHeap(ServerSettings settings) {
    var cluster = settings.cluster();
    if (cluster.options().maxStoreBytes() > 0) {
      return settings;
    }
    long share = Runtime.getRuntime().maxMemory() / 2 / cluster.servers().size();
    var options = cluster.options().withMaxStoreBytes(share);
    return new ServerSettings(
        new ClusterConfig(cluster.path(), cluster.servers(), options),
        settings.id(),
        settings.form());
  }

  private static Failure asFailure(Throwable cause) {
    return cause instanceof Failure failure
        ? failure
        : new Failure(ExitStatus.UNEXPECTED, String.valueOf(cause), cause);
  }

  @Override
  public void stop() {
    server.onSuccess(
        running ->
            running
                .stop()
                .onComplete(
                    stopped ->
                        listener.ended(
                            stopped.succeeded()
                                ? ExitStatus.STOPPED.code()
                                : ExitStatus.UNEXPECTED.code())));
  }

  /** A part of a JVM cannot be killed; it ends with it. */
  @Override
  public void kill() {
    listener.ended(ExitStatus.UNEXPECTED.code());
  }
}
