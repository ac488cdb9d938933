package io.raftkv.launcher;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.ServerSettings;
import io.raftkv.server.KvServer;
import io.vertx.core.Future;

/** A server in the launcher's own JVM, in a Vert.x instance of its own. */
final class EmbeddedServer implements ServerHandle {
  private final HandleListener listener;
  private final Future<KvServer> server;

  private EmbeddedServer(HandleListener listener, Future<KvServer> server) {
    this.listener = listener;
    this.server = server;
  }

  static ServerHandle start(ServerSettings settings, HandleListener listener) {
    var server = KvServer.start(settings, listener);
    server.onFailure(cause -> listener.failed(asFailure(cause)));
    return new EmbeddedServer(listener, server);
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
