package io.raftkv.tools;

import io.raftkv.config.Arguments;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The command line of {@code backup}, {@code restore} and {@code verify}.
 *
 * @param config the servers, empty for the usual file
 * @param file the backup
 */
record BackupOptions(boolean help, Optional<Path> config, Path file) {
  static final String HELP =
      """
      Keeps the state of a running cluster in one file, and begins a new cluster with it.

        ./run.sh backup [--config CONFIG] FILE    writes FILE: all that was acknowledged before
        ./run.sh verify FILE                      reads FILE from its first byte to its last
        ./run.sh restore [--config CONFIG] FILE   begins a new cluster with what FILE holds

        --config CONFIG   the servers (default: conf/config.json, else the one beside run.sh)

      backup needs a server of CONFIG on this machine. restore needs the first server of CONFIG on
      this machine and writes its data directory, while none of them runs; the data directories of
      all of them must be empty or not be there. Then start all servers: the others get the state
      from the first.
      Versions and deadlines stay as they were.
      Ends with status 0 if it is done, 1 if no server gives a backup, 2 if the command line or a
      file is wrong or there are data already, 5 if FILE is damaged.
      """;

  static BackupOptions parse(String command, List<String> args) {
    var arguments = new Arguments("./run.sh " + command, args);
    Optional<Path> config = Optional.empty();
    Optional<Path> file = Optional.empty();
    while (!arguments.isEmpty()) {
      var word = arguments.next();
      if (word.equals("--help") || word.equals("-h")) {
        return new BackupOptions(true, config, Path.of(""));
      } else if (word.equals("--config")) {
        config = Optional.of(Path.of(arguments.value(word)));
      } else if (word.startsWith("-") || file.isPresent()) {
        throw arguments.unknown(word);
      } else {
        file = Optional.of(Path.of(word));
      }
    }
    return new BackupOptions(
        false, config, file.orElseThrow(() -> arguments.refusal("name the file of the backup")));
  }
}
