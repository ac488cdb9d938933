package io.raftkv.launcher;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Reason;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A verticle that is a program: when it cannot be deployed the process ends with the status of its
 * {@link Failure}; on SIGTERM or Ctrl-C it is undeployed before the process ends.
 */
final class Program {
  private static final int STOP_SECONDS_MAX = 8;
  private static final long CHECK_MILLIS = 500;

  private final Vertx vertx;

  Program() {
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    Runtime.getRuntime().addShutdownHook(new Thread(this::terminated, "stop"));
  }

  void deploy(Deployable verticle, JsonObject config) {
    vertx.deployVerticle(verticle, with(config)).onFailure(this::end);
  }

  /** Deploys a verticle by the name of its class; the process ends when it undeploys itself. */
  void deploy(String verticle, JsonObject config) {
    vertx
        .deployVerticle(verticle, with(config))
        .onSuccess(deployed -> vertx.setPeriodic(CHECK_MILLIS, tick -> endIfUndeployed()))
        .onFailure(this::end);
  }

  private static DeploymentOptions with(JsonObject config) {
    return new DeploymentOptions().setConfig(config);
  }

  private void endIfUndeployed() {
    if (vertx.deploymentIDs().isEmpty()) {
      System.err.println("the verticle has undeployed itself; its last messages say why");
      end(ExitStatus.UNEXPECTED.code());
    }
  }

  /** Undeploys and ends the process. */
  void end(int status) {
    vertx.close().onComplete(closed -> halt(status));
  }

  private void end(Throwable cause) {
    var failure = asFailure(cause);
    System.err.println(failure.getMessage());
    end(failure.status().code());
  }

  private static Failure asFailure(Throwable cause) {
    return cause instanceof Failure failure ? failure : notStarted(cause);
  }

  private static Failure notStarted(Throwable cause) {
    return cause instanceof ClassNotFoundException
        ? new Failure(
            ExitStatus.CONFIGURATION,
            "there is no class " + cause.getMessage() + " on the class path",
            cause)
        : new Failure(
            ExitStatus.UNEXPECTED, "the verticle did not start: " + Reason.of(cause), cause);
  }

  /** Runs in the JVM's shutdown hook, which ends the JVM, so here may be waited. */
  private void terminated() {
    var closed = new CountDownLatch(1);
    vertx.close().onComplete(done -> closed.countDown());
    try {
      if (!closed.await(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        System.err.println("not everything has stopped in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    halt(ExitStatus.STOPPED.code());
  }

  private static void halt(int status) {
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(status);
  }
}
