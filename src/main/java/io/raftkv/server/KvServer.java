package io.raftkv.server;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Reason;
import io.raftkv.config.ServerSettings;
import io.raftkv.replica.ReplicaStatus;
import io.raftkv.storage.StorageOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Optional;

/** One Vert.x instance with one event loop, and the server in it. */
public final class KvServer {
  private final Vertx vertx;
  private final ServerVerticle server;

  private KvServer(Vertx vertx, ServerVerticle server) {
    this.vertx = vertx;
    this.server = server;
  }

  /**
   * Starts a server. The future fails with a {@link Failure} that names what is wrong; then nothing
   * is left behind.
   */
  public static Future<KvServer> start(ServerSettings settings, ServerListener listener) {
    return start(settings, StorageOptions.DEFAULTS, listener);
  }

  /** As {@link #start(ServerSettings, ServerListener)}, with another layout of the log. */
  public static Future<KvServer> start(
      ServerSettings settings, StorageOptions storageOptions, ServerListener listener) {
    var vertx = Vertx.vertx(oneLoop());
    var verticle = new ServerVerticle(settings, storageOptions, listener);
    // A promise of no event loop: the one of a failed start is gone before the answer is.
    Promise<KvServer> started = Promise.promise();
    vertx
        .deployVerticle(verticle)
        .onSuccess(deployed -> started.complete(new KvServer(vertx, verticle)))
        .onFailure(
            cause -> vertx.close().onComplete(closed -> started.fail(asFailure(settings, cause))));
    return started.future();
  }

  private static VertxOptions oneLoop() {
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(2)
        .setInternalBlockingPoolSize(2);
  }

  private static Failure asFailure(ServerSettings settings, Throwable cause) {
    return cause instanceof Failure failure
        ? failure
        : new Failure(
            ExitStatus.UNEXPECTED,
            "server " + settings.id() + " did not start: " + Reason.of(cause),
            cause);
  }

  /**
   * Stops gracefully: no new requests are taken, those in flight get 2 s, the rest {@code
   * ERR_INTERNAL}. May be called again; nothing is left behind.
   */
  public Future<Void> stop() {
    return vertx.close();
  }

  /** What an operator may want to know; from any thread. */
  public Future<Optional<ReplicaStatus>> status() {
    return server.status();
  }
}
