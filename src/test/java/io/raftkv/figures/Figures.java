package io.raftkv.figures;

import io.raftkv.figures.Figure.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Takes the figures that docs/performance.md and the README quote, with real processes. Built with
 * the tests and not part of the product:
 *
 * <pre>
 * mvn -q test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.raftkv.figures.Figures -Dexec.args="leader-kill --rounds 20"
 * </pre>
 *
 * Prints what it does, one line of JSON at the end, and ends with status 0 if everything held, else
 * 1. Everything that it starts it also ends.
 */
public final class Figures {
  private static final Map<String, Figure> FIGURES =
      new TreeMap<>(
          Map.of(
              "leader-kill", new LeaderKill(),
              "all-kill", new AllKill(),
              "phase-kill", new PhaseKill(),
              "compare", new Compare(),
              "kill-script", new KillScript(),
              "many-connections", new ManyConnections(),
              "idle", new Idle(),
              "start", new Start()));
  private static final String USAGE =
      "usage: Figures %s [--rounds N] [--seconds N] [--run-script FILE] [--folder DIR]"
          + " [--port FIRST] [--embedded] [--seed N] [--only PART|OTHER_RUN_SCRIPT]";

  private Figures() {}

  /** Takes the figure that the first word names. */
  public static void main(String[] args) throws Exception {
    System.exit(run(List.of(args)));
  }

  static int run(List<String> args) throws Exception {
    if (args.isEmpty() || !FIGURES.containsKey(args.get(0))) {
      System.err.println(USAGE.formatted(String.join("|", FIGURES.keySet())));
      return 2;
    }
    var setting = setting(args.subList(1, args.size()));
    System.out.println(args.get(0) + ": in " + setting.folder());
    var numbers = FIGURES.get(args.get(0)).take(setting);
    System.out.println(numbers.encode());
    return numbers.getBoolean("good") ? 0 : 1;
  }

  private static Setting setting(List<String> args) throws Exception {
    var words = new ArrayDeque<>(args);
    var runScript = Path.of("run.sh");
    var folder = Path.of("");
    int rounds = 0;
    int seconds = 0;
    int port = 8000;
    boolean embedded = false;
    long seed = 0;
    var only = "";
    while (!words.isEmpty()) {
      var word = words.remove();
      switch (word) {
        case "--rounds" -> rounds = Integer.parseInt(words.remove());
        case "--seconds" -> seconds = Integer.parseInt(words.remove());
        case "--port" -> port = Integer.parseInt(words.remove());
        case "--run-script" -> runScript = Path.of(words.remove());
        case "--folder" -> folder = Path.of(words.remove());
        case "--embedded" -> embedded = true;
        case "--seed" -> seed = Long.parseLong(words.remove());
        case "--only" -> only = words.remove();
        default -> throw new IllegalArgumentException("unknown option: " + word);
      }
    }
    if (folder.toString().isEmpty()) {
      folder = Files.createTempDirectory("raftkv-figures-");
    }
    return new Setting(runScript, folder, rounds, seconds, port, embedded, seed, only);
  }
}
