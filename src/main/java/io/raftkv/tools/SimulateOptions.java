package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.Arguments;
import io.raftkv.sim.Fault;
import io.raftkv.sim.Profile;
import io.raftkv.sim.Simulation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What {@code ./run.sh simulate} is to do.
 *
 * @param seed the first seed, empty for one that nobody has tried yet
 * @param seeds how many seeds, empty for as many as there is time for
 * @param minutes for how long, empty if the seeds are counted
 * @param profile the kind of weather, empty for the one that each seed stands for
 * @param bytes whether messages and logs are bytes, as in a real server, or stay records
 * @param events whether every event is printed
 * @param only which faults of the seed's plan strike, by their numbers; empty for all
 * @param millis after how many milliseconds faults and clients end; empty for what the seed draws
 * @param threads how many runs at once
 */
record SimulateOptions(
    boolean help,
    OptionalLong seed,
    OptionalInt seeds,
    OptionalInt minutes,
    Optional<Profile> profile,
    boolean bytes,
    boolean events,
    Optional<List<Integer>> only,
    OptionalInt millis,
    int threads) {
  static final String HELP =
      """
      Runs whole clusters in virtual time, each decided by one number, and judges every answer.

        ./run.sh simulate [options]

        --seed N        begins with this seed; alone, runs it once and ends
        --seeds COUNT   runs so many seeds
        --minutes M     goes on for so long (default 1, if seeds are neither given nor counted)
        --profile P     calm, mixed, churn, disk or clock (default: each seed has its own)
        --fast          messages and logs stay records; nothing is encoded
        --events        prints all that happens; for one seed
        --only A,B,...  of the seed's faults lets only these strike, by number; for one seed
        --millis N      ends faults and clients after so long; for one seed
        --threads N     so many runs at once (default: one for each processor)
        --help          this text

      Without --seed, the runs that once failed come first. Ends with a report and status 0, or 1
      if anything was violated; a failure is made smaller and printed with the command that
      replays it.
      """;

  static SimulateOptions parse(List<String> words) {
    var parser = new Parser(new Arguments("./run.sh simulate", words));
    while (!parser.arguments.isEmpty()) {
      parser.option(parser.arguments.next());
    }
    return parser.options();
  }

  /** Whether there is one seed, to be run once. */
  boolean isOneRun() {
    return seed.isPresent() && seeds.isEmpty() && minutes.isEmpty();
  }

  /** What this seed draws, as far as these options let it. */
  Simulation.Plan plan(long runSeed) {
    var plan = Simulation.Plan.of(runSeed, profile.orElseGet(() -> Profile.of(runSeed)), bytes);
    var shorter = plan.with(kept(plan.faults()));
    return millis.isPresent() ? shorter.lasting(millis.getAsInt()) : shorter;
  }

  private List<Fault> kept(List<Fault> drawn) {
    for (int number : only.orElse(List.of())) {
      if (number >= drawn.size()) {
        throw new Failure(
            ExitStatus.CONFIGURATION,
            "--only names fault %d, but this seed draws faults 0 to %d"
                .formatted(number, drawn.size() - 1));
      }
    }
    return only.map(numbers -> numbers.stream().map(drawn::get).toList()).orElse(drawn);
  }

  private static final class Parser {
    private final Arguments arguments;
    private boolean help;
    private OptionalLong seed = OptionalLong.empty();
    private OptionalInt seeds = OptionalInt.empty();
    private OptionalInt minutes = OptionalInt.empty();
    private Optional<Profile> profile = Optional.empty();
    private boolean bytes = true;
    private boolean events;
    private Optional<List<Integer>> only = Optional.empty();
    private OptionalInt millis = OptionalInt.empty();
    private int threads = Runtime.getRuntime().availableProcessors();

    Parser(Arguments arguments) {
      this.arguments = arguments;
    }

    void option(String word) {
      switch (word) {
        case "--help", "-h" -> help = true;
        case "--seed" -> seed = OptionalLong.of(arguments.longNumber(word));
        case "--seeds" -> seeds = OptionalInt.of(positive(word));
        case "--minutes" -> minutes = OptionalInt.of(positive(word));
        case "--profile" -> profile = Optional.of(profile(word));
        case "--fast" -> bytes = false;
        case "--events" -> events = true;
        case "--only" -> only = Optional.of(numbers(word));
        case "--millis" -> millis = OptionalInt.of(positive(word));
        case "--threads" -> threads = positive(word);
        default -> throw arguments.unknown(word);
      }
    }

    private int positive(String option) {
      int number = arguments.number(option);
      if (number == 0) {
        throw arguments.refusal(option + " is 0, wanted at least 1");
      }
      return number;
    }

    private Profile profile(String option) {
      var word = arguments.value(option);
      return Stream.of(Profile.values())
          .filter(known -> known.word().equals(word))
          .findFirst()
          .orElseThrow(
              () ->
                  arguments.refusal(
                      option + " is \"" + word + "\", wanted calm, mixed, churn, disk or clock"));
    }

    private List<Integer> numbers(String option) {
      var word = arguments.value(option);
      if (!word.matches("([0-9]{1,9}(,[0-9]{1,9})*)?")) {
        throw arguments.refusal(option + " is \"" + word + "\", wanted numbers such as 3,17");
      }
      return Arrays.stream(word.split(","))
          .filter(number -> !number.isEmpty())
          .map(Integer::valueOf)
          .toList();
    }

    SimulateOptions options() {
      var options =
          new SimulateOptions(
              help, seed, seeds, minutes, profile, bytes, events, only, millis, threads);
      boolean needsOne = events || only.isPresent() || millis.isPresent();
      if (needsOne && !options.isOneRun()) {
        throw arguments.refusal("--events, --only and --millis are for one run: give --seed alone");
      }
      return options;
    }
  }
}
