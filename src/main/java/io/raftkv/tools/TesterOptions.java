package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * The tester's command line.
 *
 * @param config the file that names the servers, empty for the usual one
 * @param killCommand how a server is killed, with placeholders; empty for kill -9
 * @param startCommand how a server is started, with placeholders; empty if nobody can
 * @param silence how long a cluster without a majority must say nothing
 * @param patience how long an answer may take
 */
record TesterOptions(
    boolean help,
    boolean noKill,
    Optional<Path> config,
    Optional<String> killCommand,
    Optional<String> startCommand,
    Duration silence,
    Duration patience) {
  static final String HELP =
      """
      Tests a running cluster from outside: it knows config.json and the client protocol.

        ./run.sh tester [options]

        --config FILE         the servers to test (default: conf/config.json)
        --kill-command CMD    kills a server; default: kill -9 of the process on its port
        --start-command CMD   starts a server, such as "./run.sh server --id {id}";
                              default: none, or the launcher's --restart
        --no-kill             leaves all servers alone
        --silence SECONDS     how long servers without a majority must say nothing (default 10)
        --patience SECONDS    how long an answer may take (default 20)
        --help                this text

      In commands, {id}, {host} and {port} stand for those of the server. Without a way to start
      servers again they are killed one after the other, and the cluster stays without a majority.
      Ends with a count and status 0, or 1 if something failed, or 2 if it could not begin.
      """;

  private static final int SECONDS_MAX = 3600;

  /** How servers are killed and started. */
  ServerCommands commands() {
    return new ServerCommands(noKill, killCommand, startCommand);
  }

  static TesterOptions parse(List<String> args) {
    var parser = new Parser(new ArrayDeque<>(args));
    while (!parser.words.isEmpty()) {
      parser.option(parser.words.remove());
    }
    return new TesterOptions(
        parser.help,
        parser.noKill,
        parser.config,
        parser.killCommand,
        parser.startCommand,
        parser.silence,
        parser.patience);
  }

  private static final class Parser {
    private final ArrayDeque<String> words;
    private boolean help;
    private boolean noKill;
    private Optional<Path> config = Optional.empty();
    private Optional<String> killCommand = Optional.empty();
    private Optional<String> startCommand = Optional.empty();
    private Duration silence = Duration.ofSeconds(10);
    private Duration patience = Duration.ofSeconds(20);

    Parser(ArrayDeque<String> words) {
      this.words = words;
    }

    void option(String word) {
      switch (word) {
        case "--help", "-h" -> help = true;
        case "--no-kill" -> noKill = true;
        case "--config" -> config = Optional.of(Path.of(argument(word)));
        case "--kill-command" -> killCommand = Optional.of(argument(word));
        case "--start-command" -> startCommand = Optional.of(argument(word));
        case "--silence" -> silence = seconds(word);
        case "--patience" -> patience = seconds(word);
        default -> throw wrong("unknown option: " + word);
      }
    }

    private String argument(String option) {
      var argument = words.poll();
      if (argument == null || argument.isBlank()) {
        throw wrong(option + " wants an argument");
      }
      return argument;
    }

    private Duration seconds(String option) {
      var argument = argument(option);
      long seconds = Decimal.parse(argument);
      if (seconds < 1 || seconds > SECONDS_MAX) {
        throw wrong(option + " is " + argument + ", must be from 1 to " + SECONDS_MAX);
      }
      return Duration.ofSeconds(seconds);
    }

    private static Failure wrong(String what) {
      return new Failure(ExitStatus.CONFIGURATION, "tester: " + what + "; see --help");
    }
  }
}
