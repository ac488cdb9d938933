package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Reason;
import io.raftkv.config.Arguments;
import io.raftkv.storage.Inspection;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** {@code ./run.sh inspect}: what lies in a server's data directory, without changing it. */
public final class Inspect {
  private static final String HELP =
      """
      Shows what lies in a server's data directory, and what a start would make of it.

        ./run.sh inspect DIR    DIR is <path>/<Id>, such as data/3

      Each log file with its entries and where its batches end, each snapshot, the term, the
      cluster; of what is damaged, the file and its first bad byte. Nothing is changed. Of a server
      that runs, the newest file may be seen in the middle of a write.
      Ends with status 0 if all is as it was written, 2 if DIR is no data directory, 5 if anything
      is damaged.
      """;

  private Inspect() {}

  /** Prints what is there and returns the exit status. */
  public static int run(List<String> args) {
    return run(args, System.out, System.err);
  }

  static int run(List<String> args, PrintStream console, PrintStream errors) {
    var out = new PrintStream(console, true, StandardCharsets.UTF_8);
    try {
      var arguments = new Arguments("./run.sh inspect", args);
      if (arguments.isEmpty()) {
        throw arguments.refusal("name the data directory of a server");
      }
      var word = arguments.next();
      if (word.equals("--help") || word.equals("-h")) {
        out.print(HELP);
        return ExitStatus.STOPPED.code();
      }
      if (word.startsWith("-") || !arguments.isEmpty()) {
        throw arguments.unknown(arguments.isEmpty() ? word : arguments.next());
      }
      return inspect(Path.of(word), out);
    } catch (Failure failure) {
      errors.println(failure.getMessage());
      return failure.status().code();
    }
  }

  private static int inspect(Path directory, PrintStream out) {
    try {
      if (!Inspection.isDataDirectory(directory)) {
        throw new Failure(
            ExitStatus.CONFIGURATION,
            directory + " is no data directory of a server: it holds no file of one");
      }
      var report = Inspection.of(directory);
      report.lines().forEach(out::println);
      return report.status().code();
    } catch (IOException e) {
      throw new Failure(
          ExitStatus.DISK_ERROR, "disk error in " + directory + ": " + Reason.of(e), e);
    }
  }
}
