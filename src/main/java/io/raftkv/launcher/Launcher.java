package io.raftkv.launcher;

import io.raftkv.config.ConfigLoader;
import io.vertx.core.json.JsonObject;

/**
 * The launcher as a program: the process ends when all servers have ended, with the status of the
 * first; on SIGTERM or Ctrl-C it stops them all.
 */
public final class Launcher {
  private Launcher() {}

  /** Starts what {@code options} say and returns; the process goes on until the servers end. */
  public static void run(LauncherOptions options) {
    run(options, new JsonObject());
  }

  static void run(LauncherOptions options, JsonObject config) {
    ConfigLoader.unknownOverrides().forEach(System.err::println);
    var program = new Program();
    program.deploy(new LauncherVerticle(options, System.err, program::end), config);
  }
}
