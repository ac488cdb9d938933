package io.raftkv.tools;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Which keys clients use at the moment. Short rounds follow each other, so that a contradiction is
 * found while the run goes on; beside them goes a long one, whose keys live through kills and
 * pauses. A round is handed on once it is over and nobody waits for an answer in it any more.
 */
final class Rounds {
  private static final Duration SHORT_LENGTH = Duration.ofSeconds(1);
  private static final int SHORT_OPERATIONS_MAX = 50_000;
  private static final int LONG_OPERATIONS_MAX = 20_000;

  private final Function<String, Round> maker;
  private final Consumer<Round> ended;
  private final Map<Round, Integer> users = new HashMap<>();
  private final List<Round> over = new ArrayList<>();
  private Round shortRound;
  private Round longRound;
  private long shortSince = System.nanoTime();
  private int made;

  /**
   * @param maker makes a round with keys of this name
   * @param ended takes each round to which nothing will be added any more
   */
  Rounds(Function<String, Round> maker, Consumer<Round> ended) {
    this.maker = maker;
    this.ended = ended;
    this.shortRound = next();
    this.longRound = next();
  }

  private Round next() {
    made++;
    var round = maker.apply("r" + made);
    users.put(round, 0);
    return round;
  }

  /** Takes part in the short or the long round, until {@link #leave}. */
  synchronized Round enter(boolean wantsLong) {
    var round = wantsLong ? longRound : shortRound;
    users.merge(round, 1, Integer::sum);
    return round;
  }

  synchronized void leave(Round round) {
    users.merge(round, -1, Integer::sum);
    handOn();
  }

  /** Begins new rounds where it is time. */
  synchronized void turn() {
    long now = System.nanoTime();
    boolean full = shortRound.size() >= SHORT_OPERATIONS_MAX;
    if (full || now - shortSince >= SHORT_LENGTH.toNanos()) {
      over.add(shortRound);
      shortRound = next();
      shortSince = now;
    }
    if (longRound.size() >= LONG_OPERATIONS_MAX) {
      over.add(longRound);
      longRound = next();
    }
    handOn();
  }

  /** Ends all rounds; returns whether nobody was left in one. */
  synchronized boolean end() {
    over.add(shortRound);
    over.add(longRound);
    handOn();
    return over.isEmpty();
  }

  private void handOn() {
    for (var round : List.copyOf(over)) {
      if (users.getOrDefault(round, 0) == 0) {
        over.remove(round);
        users.remove(round);
        ended.accept(round);
      }
    }
  }
}
