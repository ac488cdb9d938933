package io.raftkv.tools;

import io.raftkv.config.Arguments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command line of {@code member}.
 *
 * @param verb what to do
 * @param numbers what with
 */
record MemberOptions(boolean help, Optional<Path> config, String verb, List<Long> numbers) {
  static final String HELP =
      """
      Shows and changes who is a member of a running cluster, one change at a time.

        ./run.sh member list            who is a member, and how far behind
        ./run.sh member add ID          makes ID a learner: it is sent the data, and does not vote
        ./run.sh member promote ID      makes a learner that has caught up a voter
        ./run.sh member remove ID       a voter or learner is no member any more
        ./run.sh member replace ID NEW  add NEW, wait until it has caught up, promote it, remove ID
        ./run.sh member limit BYTES     what keys and values may take, 240 bytes a key included

        --config FILE   the servers, new ones too (default: conf/config.json, else the one beside
                        run.sh)
        --help          this text

      Start a new server before you add it: with a file that names it and all others, as in
      ./run.sh server --id 5 --config FILE. Commands are taken on the server's own machine alone.
      Ends with status 0 if it is done, 1 if it is refused or no leader answers, 2 if the command
      line or the file is wrong.
      """;

  private static final Map<String, Integer> VERBS =
      Map.of("list", 0, "add", 1, "promote", 1, "remove", 1, "replace", 2, "limit", 1);

  static MemberOptions parse(List<String> args) {
    var arguments = new Arguments("./run.sh member", args);
    Optional<Path> config = Optional.empty();
    var words = new ArrayList<String>();
    var numbers = new ArrayList<Long>();
    while (!arguments.isEmpty()) {
      var word = arguments.next();
      switch (word) {
        case "--help", "-h" -> {
          return new MemberOptions(true, config, "", List.of());
        }
        case "--config" -> config = Optional.of(Path.of(arguments.value(word)));
        default -> {
          words.add(word);
          int wanted = VERBS.getOrDefault(word, -1);
          if (wanted < 0 || words.size() > 1) {
            throw arguments.unknown(word);
          }
          for (int i = 0; i < wanted; i++) {
            numbers.add(arguments.longNumber(word));
          }
        }
      }
    }
    if (words.isEmpty()) {
      throw arguments.refusal("say what to do");
    }
    return new MemberOptions(false, config, words.get(0), List.copyOf(numbers));
  }

  int id(int place) {
    long number = numbers.get(place);
    if (number > Integer.MAX_VALUE) {
      throw new Arguments("./run.sh member", List.of()).refusal(number + " is no server's id");
    }
    return (int) number;
  }
}
