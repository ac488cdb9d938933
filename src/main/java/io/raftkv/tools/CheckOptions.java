package io.raftkv.tools;

import io.raftkv.config.Arguments;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The command line of the check.
 *
 * @param config the file that names the servers, empty for the usual one
 * @param length how long clients ask
 * @param kill whether servers are killed and paused meanwhile
 * @param commands how they are killed and started
 * @param clients how many connections are made to each server
 * @param keys how many keys are in use at a time
 * @param rate how many operations a second are asked for, of all clients together
 * @param seed decides what is left to chance
 * @param history where everything that was asked and answered is written, empty for nowhere
 */
record CheckOptions(
    boolean help,
    Optional<Path> config,
    Duration length,
    boolean kill,
    ServerCommands commands,
    int clients,
    int keys,
    int rate,
    long seed,
    Optional<Path> history) {
  static final String HELP =
      """
      Asks a running cluster many things at once and judges whether its answers are linearizable:
      as if one store had run the commands one at a time, each between its request and its reply.
      It knows config.json and the client protocol.

        ./run.sh check [options]

        --config FILE         the servers to check (default: conf/config.json)
        --seconds N           how long to ask (default 30)
        --kill                kills and pauses servers meanwhile, never more than a minority
        --kill-command CMD    kills a server; default: kill -9 of the process on its port
        --start-command CMD   starts a server, such as "./run.sh server --id {id}";
                              default: none, or the launcher's --restart
        --clients N           connections to each server (default 3)
        --keys N              keys in use at a time (default 8)
        --rate N              operations a second, of all clients together (default 2000)
        --seed N              repeats the choices of a run that printed this seed
        --history FILE        writes down everything that was asked and answered
        --help                this text

      In commands, {id}, {host} and {port} stand for those of the server. Without --kill nothing
      but client ports is touched. Its own keys are deleted in the end, unless something is wrong.
      Ends with "linearizable: N operations" and status 0; with operations that contradict each
      other, or undecided, and status 1; or with status 2 if the command line or the file is wrong.
      """;

  private static final int SECONDS_MAX = 24 * 3600;
  private static final int CLIENTS_MAX = 200;
  private static final int KEYS_MAX = 1000;
  private static final int RATE_MAX = 20_000;

  static CheckOptions parse(List<String> args) {
    var parser = new Parser(new Arguments("./run.sh check", args));
    while (!parser.words.isEmpty()) {
      parser.option(parser.words.next());
    }
    return parser.result();
  }

  private static final class Parser {
    private final Arguments words;
    private boolean help;
    private boolean kill;
    private Optional<Path> config = Optional.empty();
    private Optional<String> killCommand = Optional.empty();
    private Optional<String> startCommand = Optional.empty();
    private Optional<Path> history = Optional.empty();
    private int seconds = 30;
    private int clients = 3;
    private int keys = 8;
    private int rate = 2000;
    private long seed = new Random().nextInt(Integer.MAX_VALUE);

    Parser(Arguments words) {
      this.words = words;
    }

    void option(String word) {
      switch (word) {
        case "--help", "-h" -> help = true;
        case "--kill" -> kill = true;
        case "--config" -> config = Optional.of(Path.of(words.value(word)));
        case "--kill-command" -> killCommand = Optional.of(words.value(word));
        case "--start-command" -> startCommand = Optional.of(words.value(word));
        case "--history" -> history = Optional.of(Path.of(words.value(word)));
        case "--seconds" -> seconds = number(word, SECONDS_MAX);
        case "--clients" -> clients = number(word, CLIENTS_MAX);
        case "--keys" -> keys = number(word, KEYS_MAX);
        case "--rate" -> rate = number(word, RATE_MAX);
        case "--seed" -> seed = words.number(word);
        default -> throw words.unknown(word);
      }
    }

    private int number(String option, int most) {
      int number = words.number(option);
      if (number < 1 || number > most) {
        throw words.refusal(option + " is " + number + ", must be from 1 to " + most);
      }
      return number;
    }

    CheckOptions result() {
      if (!kill && (killCommand.isPresent() || startCommand.isPresent())) {
        throw words.refusal("--kill-command and --start-command want --kill");
      }
      return new CheckOptions(
          help,
          config,
          Duration.ofSeconds(seconds),
          kill,
          new ServerCommands(!kill, killCommand, startCommand),
          clients,
          keys,
          rate,
          seed,
          history);
    }
  }
}
