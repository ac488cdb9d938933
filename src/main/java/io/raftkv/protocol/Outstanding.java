package io.raftkv.protocol;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has asked and not been answered, in order, as runs: requests that came
 * together, or one thing that was malformed and has its answer already.
 */
final class Outstanding {
  private final ArrayDeque<Run> runs = new ArrayDeque<>();
  private int requests;
  private int malformed;

  private static final class Run {
    final long askedAt;
    final boolean isMalformed;
    int count = 1;

    Run(long askedAt, boolean isMalformed) {
      this.askedAt = askedAt;
      this.isMalformed = isMalformed;
    }
  }

  /** How many requests wait for the replica. */
  int requests() {
    return requests;
  }

  int size() {
    return requests + malformed;
  }

  void addRequest(long now) {
    requests++;
    var last = runs.peekLast();
    if (last != null && !last.isMalformed && last.askedAt == now) {
      last.count++;
    } else {
      runs.add(new Run(now, false));
    }
  }

  void addMalformed(long now) {
    malformed++;
    runs.add(new Run(now, true));
  }

  /** When the oldest request was made that waits for the replica; only if there is one. */
  long oldestAskedAt() {
    Run first = runs.getFirst();
    return first.askedAt;
  }

  /** The oldest request has its answer. */
  void answerRequest() {
    Run first = runs.getFirst();
    requests--;
    first.count--;
    if (first.count == 0) {
      runs.removeFirst();
    }
  }

  /** Takes the oldest off if it is malformed: then its turn has come. */
  boolean takeMalformed() {
    @Nullable Run first = runs.peekFirst();
    if (first == null || !first.isMalformed) {
      return false;
    }
    malformed--;
    runs.removeFirst();
    return true;
  }
}
