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
  private long weight;

  private static final class Run {
    final long askedAt;
    final boolean isMalformed;
    int count;
    long weight;

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

  /** How much memory the requests hold that wait for the replica, about. */
  long weight() {
    return weight;
  }

  /**
   * @param bytes how much memory the request holds
   */
  void addRequest(long now, int bytes) {
    requests++;
    weight += bytes;
    var last = runs.peekLast();
    if (last == null || last.isMalformed || last.askedAt != now) {
      last = new Run(now, false);
      runs.add(last);
    }
    last.count++;
    last.weight += bytes;
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

  /** The oldest request has its answer; of a run each request counts for as much as the others. */
  void answerRequest() {
    Run first = runs.getFirst();
    long bytes = first.weight / first.count;
    requests--;
    weight -= bytes;
    first.weight -= bytes;
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
