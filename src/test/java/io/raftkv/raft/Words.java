package io.raftkv.raft;

import java.util.List;

/** The words of one line, taken one after the other. */
final class Words {
  private final List<String> words;
  private int next;

  Words(String line) {
    words = List.of(line.strip().split(" +"));
  }

  boolean isEmpty() {
    return next == words.size();
  }

  String next() {
    if (isEmpty()) {
      throw new IllegalArgumentException("something is missing behind " + words);
    }
    return words.get(next++);
  }

  int number() {
    return Integer.parseInt(next());
  }

  /** Takes this word if it is the next one. */
  boolean take(String word) {
    boolean isNext = !isEmpty() && words.get(next).equals(word);
    next += isNext ? 1 : 0;
    return isNext;
  }

  /** Takes this word, which must be the next one, and the number behind it. */
  int number(String word) {
    if (!take(word)) {
      throw new IllegalArgumentException("'" + word + "' is missing in " + words);
    }
    return number();
  }

  /** Says no to what nobody took. */
  void end() {
    if (!isEmpty()) {
      throw new IllegalArgumentException("'" + next() + "' means nothing in " + words);
    }
  }
}
