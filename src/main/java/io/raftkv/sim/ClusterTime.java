package io.raftkv.sim;

import io.raftkv.raft.Entry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Holds the stamps of the log against virtual time: whoever leads, they go as fast as the fastest
 * clock at most, so that no key dies early, and hardly slower than the slowest. Where nobody in a
 * majority has heard a stamp since it started, the wall clocks count, which may say anything: the
 * first election is such a cold start, and behind a second one nothing is held against anything.
 */
final class ClusterTime {
  private static final long UNSEEN = -1;

  /** Where wall clocks count, time may go anywhere in them. */
  private static final long UNKNOWN_MILLIS = 100 * 3_600_000L;

  private final double rateSpread;
  private final long slackMillis;
  private final long electionLossMillisMax;
  private long pausedMillis;
  private final Map<Place, Long> appendedAt = new HashMap<>();
  private Optional<Base> base = Optional.empty();

  /** Before the first command nothing has a deadline: leaders without a commit may disagree. */
  private boolean hasCommand;

  private int coldStarts;
  private int elections;

  private record Place(long index, long term) {}

  private record Base(long micros, long stamp) {}

  ClusterTime(Conditions conditions) {
    rateSpread = conditions.clocks().rateSpread();
    slackMillis = 2L * conditions.electionTimeoutMillis();
    var network = conditions.network();
    electionLossMillisMax = slackMillis + (network.late() > 0 ? network.lateMillisMax() : 0);
  }

  /** An entry was written for the first time, or again. */
  void appended(Entry entry, long micros) {
    appendedAt.putIfAbsent(new Place(entry.index(), entry.term()), micros);
  }

  /**
   * @param cold whether a majority may not have heard a stamp since it started
   */
  void elected(boolean cold) {
    coldStarts += cold ? 1 : 0;
    elections++;
  }

  /**
   * The cluster begins with a state.
   *
   * @param isMortal whether it holds keys that will end: then a cold start moves their end, too
   */
  void inherit(boolean isMortal) {
    coldStarts += isMortal ? 1 : 0;
  }

  /** A server stands still for so long, and reads what it was sent as if it were new. */
  void paused(long millis) {
    pausedMillis += millis;
  }

  /** Whether stamps can be held against time. */
  boolean isKnown() {
    return coldStarts <= 1;
  }

  void committed(Entry entry) {
    long micros = appendedAt.getOrDefault(new Place(entry.index(), entry.term()), UNSEEN);
    Violation.unless(micros != UNSEEN, "nobody has ever written entry " + entry.index());
    if (!hasCommand) {
      base = Optional.of(new Base(micros, entry.time()));
      hasCommand = entry.kind() == Entry.Kind.COMMAND;
    } else if (isKnown()) {
      check(entry, (micros - base.get().micros()) / Timeline.MILLI);
    }
  }

  private void check(Entry entry, long elapsed) {
    long stamped = entry.time() - base.orElseThrow().stamp();
    Violation.unless(
        stamped <= elapsed * (1 + rateSpread) + slackMillis,
        "the cluster's time has gone "
            + stamped
            + " ms in "
            + elapsed
            + ": entry "
            + entry.index());
    Violation.unless(
        stamped >= elapsed * (1 - rateSpread) - lateMillisMax(),
        "the cluster's time has gone only " + stamped + " ms in " + elapsed + ": " + entry.index());
  }

  /** Each new leader may have heard the last stamp late, and goes on from there. */
  private long lateMillisMax() {
    return slackMillis + elections * electionLossMillisMax + pausedMillis;
  }

  /** How far a key's end may be from where its exptime says. */
  long errorMicrosMax() {
    long millis = isKnown() ? lateMillisMax() + slackMillis : UNKNOWN_MILLIS;
    return millis * Timeline.MILLI;
  }

  /** Within how much time a key with this exptime must have ended, whoever asks. */
  long lifetimeMicrosMax(int exptime) {
    double millis = exptime * 1_000L * (1 + 2 * rateSpread) + lateMillisMax();
    return (long) (millis * Timeline.MILLI);
  }
}
