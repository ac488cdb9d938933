package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.ConfigLoader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code ./run.sh check}: asks a running cluster many things at once, from many connections, and
 * judges whether the answers are linearizable. It knows config.json and the client protocol, and so
 * runs against any program that speaks it.
 */
public final class Check {
  private Check() {}

  /**
   * Runs the check and returns its exit status: 0 if the answers are linearizable, 1 if not, if
   * that is undecided or if no server answers, 2 for a wrong command line or configuration.
   */
  public static int run(List<String> args) {
    return run(args, System.out, System.err);
  }

  static int run(List<String> args, PrintStream console, PrintStream errors) {
    var out = new PrintStream(console, true, StandardCharsets.UTF_8);
    try {
      var options = CheckOptions.parse(args);
      if (options.help()) {
        out.print(CheckOptions.HELP);
        return ExitStatus.STOPPED.code();
      }
      var file = options.config().orElseGet(ConfigLoader::defaultFile);
      var cluster = ConfigLoader.load(file);
      var control = new ProcessControl(options.commands(), cluster.servers());
      var journal = new Journal(out);
      journal.line(
          "check: the %d servers of %s, seed %d"
              .formatted(cluster.servers().size(), file, options.seed()));
      boolean good = new CheckRun(cluster, options, control, journal).run();
      return good ? ExitStatus.STOPPED.code() : ExitStatus.UNEXPECTED.code();
    } catch (Failure failure) {
      errors.println(failure.getMessage());
      return failure.status().code();
    }
  }
}
