package io.raftkv.launcher;

import io.raftkv.config.Arguments;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a launcher starts its servers.
 *
 * @param config the file that names them; empty for the usual one
 * @param embedded whether they live in the launcher's JVM rather than in processes of their own
 * @param fresh whether their data are deleted first
 * @param restart whether a server that died is started again
 */
public record LauncherOptions(
    Optional<Path> config, boolean embedded, boolean fresh, boolean restart) {
  /** Processes, the usual file, nothing deleted, nothing restarted. */
  public static final LauncherOptions DEFAULTS =
      new LauncherOptions(Optional.empty(), false, false, false);

  /** Reads the words behind {@code ./run.sh launch}. */
  public static LauncherOptions parse(List<String> words) {
    var arguments = new Arguments("./run.sh launch", words);
    var options = DEFAULTS;
    while (!arguments.isEmpty()) {
      options = options.with(arguments.next(), arguments);
    }
    return options;
  }

  private LauncherOptions with(String word, Arguments arguments) {
    return switch (word) {
      case "--config" ->
          new LauncherOptions(
              Optional.of(Path.of(arguments.value(word))), embedded, fresh, restart);
      case "--embedded" -> new LauncherOptions(config, true, fresh, restart);
      case "--fresh" -> new LauncherOptions(config, embedded, true, restart);
      case "--restart" -> new LauncherOptions(config, embedded, fresh, true);
      default -> throw arguments.unknown(word);
    };
  }
}
