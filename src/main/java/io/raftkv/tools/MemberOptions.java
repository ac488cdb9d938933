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

  private static final String ID = "ID";
  private static final String BYTES = "BYTES";
  private static final Operands ONE_ID = new Operands(List.of(ID), "the id of a server");

  private static final Map<String, Operands> VERBS =
      Map.of(
          "list",
          new Operands(List.of(), "nothing"),
          "add",
          ONE_ID,
          "promote",
          ONE_ID,
          "remove",
          ONE_ID,
          "replace",
          new Operands(List.of(ID, "NEW"), "two ids: of the server that goes and of the new one"),
          "limit",
          new Operands(List.of(BYTES), "a number of bytes"));

  /**
   * What stands behind a verb.
   *
   * @param names what the help calls them
   * @param what in words
   */
  private record Operands(List<String> names, String what) {
    List<Long> take(String verb, Arguments arguments) {
      var numbers = new ArrayList<Long>();
      for (var name : names) {
        if (!arguments.hasOperand()) {
          throw arguments.refusal(verb + " needs " + what);
        }
        var called = verb + ": " + name;
        numbers.add(
            name.equals(BYTES)
                ? arguments.longNumber(called)
                : Long.valueOf(arguments.number(called)));
      }
      return numbers;
    }
  }

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
          if (!words.isEmpty() && !word.startsWith("-")) {
            throw arguments.refusal(words.get(0) + " takes no more words: " + word);
          }
          var operands = VERBS.get(word);
          if (operands == null) {
            throw arguments.unknown(word);
          }
          words.add(word);
          numbers.addAll(operands.take(word, arguments));
        }
      }
    }
    if (words.isEmpty()) {
      throw arguments.refusal("say what to do");
    }
    return new MemberOptions(false, config, words.get(0), List.copyOf(numbers));
  }

  int id(int place) {
    return Math.toIntExact(numbers.get(place));
  }
}
