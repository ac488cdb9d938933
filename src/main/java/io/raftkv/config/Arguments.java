package io.raftkv.config;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** The words of a command line, taken one by one; what it cannot use it refuses in one line. */
public final class Arguments {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

  private static final Pattern LONG_NUMBER = Pattern.compile("[0-9]{1,19}");

  private final String command;
  private final Deque<String> words;

  /**
   * @param command what the user called, for messages: {@code ./run.sh server}
   * @param words what stands behind it; {@code --option=value} is two words
   */
  public Arguments(String command, List<String> words) {
    this.command = command;
    this.words = new ArrayDeque<>();
    for (var word : words) {
      this.words.addAll(word.startsWith("--") ? Arrays.asList(word.split("=", 2)) : List.of(word));
    }
  }

  public boolean isEmpty() {
    return words.isEmpty();
  }

  /** Takes the next word; there must be one. */
  public String next() {
    return words.remove();
  }

  /** Takes the word behind {@code option}. */
  public String value(String option) {
    if (words.isEmpty()) {
      throw refusal(option + " needs a value");
    }
    return words.remove();
  }

  /** Takes the word behind {@code option} as a number from 0 to 2^31-1. */
  public int number(String option) {
    var word = numberBehind(option);
    if (!NUMBER.matcher(word).matches() || Long.parseLong(word) > Integer.MAX_VALUE) {
      throw refusal(option + " is \"" + word + "\", wanted a number from 0 to 2147483647");
    }
    return Integer.parseInt(word);
  }

  /** Takes the word behind {@code option} as a number from 0 to 2^63-1. */
  public long longNumber(String option) {
    var word = numberBehind(option);
    try {
      if (LONG_NUMBER.matcher(word).matches()) {
        return Long.parseLong(word);
      }
    } catch (NumberFormatException tooLarge) {
      // Said below.
    }
    throw refusal(option + " is \"" + word + "\", wanted a number from 0 to 9223372036854775807");
  }

  /** An option that comes next is no number, but says that there is none. */
  private String numberBehind(String option) {
    if (!hasOperand()) {
      throw refusal(option + " needs a value");
    }
    return words.remove();
  }

  /** Whether a word comes next that is no option. */
  public boolean hasOperand() {
    return !words.isEmpty() && !words.element().startsWith("--");
  }

  /** The word is none that this command knows. */
  public Failure unknown(String word) {
    return refusal("unknown " + (word.startsWith("-") ? "option " : "word ") + word);
  }

  /** The command line cannot be used: {@code what}, and where to read what can be. */
  public Failure refusal(String what) {
    return new Failure(
        ExitStatus.CONFIGURATION, what + "; see what there is with: " + command + " --help");
  }
}
