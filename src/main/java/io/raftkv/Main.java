package io.raftkv;

import io.raftkv.base.Failure;
import io.raftkv.config.Arguments;
import io.raftkv.launcher.Launcher;
import io.raftkv.launcher.LauncherOptions;
import io.raftkv.server.ServerMain;
import io.raftkv.tools.Backup;
import io.raftkv.tools.Check;
import io.raftkv.tools.Inspect;
import io.raftkv.tools.Member;
import io.raftkv.tools.Simulate;
import io.raftkv.tools.Tester;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** The one command line: a sub-command and its options; without a sub-command it launches. */
public final class Main {
  private static final String LAUNCH = "launch";
  private static final String HELP_OPTION = "--help";

  /** The commands that drive or judge a cluster; each helps itself. */
  private static final Map<String, ToIntFunction<List<String>>> TOOLS =
      Map.of(
          "tester", Tester::run,
          "check", Check::run,
          "simulate", Simulate::run,
          "member", Member::run,
          "backup", Backup::backup,
          "verify", Backup::verify,
          "restore", Backup::restore,
          "inspect", Inspect::run);

  private Main() {}

  /**
   * Runs a sub-command; ends the process with status 2 and one line if there is none like that.
   *
   * @param args the words behind {@code ./run.sh}
   */
  public static void main(String[] args) {
    try {
      run(List.of(args));
    } catch (Failure failure) {
      System.err.println(failure.getMessage());
      System.exit(failure.status().code());
    }
  }

  private static void run(List<String> words) {
    var first = words.isEmpty() ? LAUNCH : words.get(0);
    switch (first) {
      case HELP_OPTION, "-h", "help" -> System.out.print(Help.ALL);
      case "--version" -> System.out.println("raftkv " + version());
      default -> runCommand(first, words);
    }
  }

  private static void runCommand(String first, List<String> words) {
    var named = !first.startsWith("-");
    var command = named ? first : LAUNCH;
    var options = named && !words.isEmpty() ? words.subList(1, words.size()) : words;
    var tool = TOOLS.get(command);
    if (tool != null) {
      System.exit(tool.applyAsInt(options));
    }
    if (options.contains(HELP_OPTION) || options.contains("-h")) {
      System.out.print(Help.of(command).orElseThrow(() -> unknown(command)));
      return;
    }
    switch (command) {
      case LAUNCH -> Launcher.run(LauncherOptions.parse(options));
      case "server" -> ServerMain.main(options.toArray(String[]::new));
      default -> throw unknown(command);
    }
  }

  private static Failure unknown(String command) {
    return new Arguments("./run.sh", List.of()).unknown(command);
  }

  private static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("(not packaged)");
  }
}
