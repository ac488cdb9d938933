package io.raftkv.figures;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;

/** One figure: how it is taken. */
@FunctionalInterface
interface Figure {
  /**
   * Takes it, saying what happens, and returns the numbers; {@code good} tells whether all held.
   */
  JsonObject take(Setting setting) throws Exception;

  /**
   * Where and how long.
   *
   * @param runScript the run.sh under test
   * @param folder where clusters keep configuration, data and output
   * @param rounds how often; 0 for what the figure wants by itself
   * @param seconds how long; 0 for what the figure wants by itself
   * @param port the first client port
   * @param embedded whether a launcher is to run all servers in its own process
   * @param seed decides what is drawn; 0 for a seed that is drawn itself
   * @param only what the names of the parts to be taken begin with; empty for all
   */
  record Setting(
      Path runScript,
      Path folder,
      int rounds,
      int seconds,
      int port,
      boolean embedded,
      long seed,
      String only) {
    int roundsOr(int usual) {
      return rounds == 0 ? usual : rounds;
    }

    int secondsOr(int usual) {
      return seconds == 0 ? usual : seconds;
    }

    RealCluster cluster(String name) throws IOException {
      return new RealCluster(runScript, folder.resolve(name), 5, port);
    }
  }
}
