package io.raftkv.figures;

import io.raftkv.figures.Phase.Victim;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** What the rounds of one phase and one kind of victim come to. */
final class KillTally {
  static final String HEAD =
      "%-18s %-8s %6s %5s %13s %5s %12s %12s"
          .formatted(
              "phase",
              "killed",
              "rounds",
              "hits",
              "acknowledged",
              "lost",
              "again p50 ms",
              "again max ms");

  private final String phase;
  private final Victim victim;
  private final Samples againMillis = new Samples();
  private int hits;
  private long acknowledged;
  private long lost;

  KillTally(String phase, Victim victim) {
    this.phase = phase;
    this.victim = victim;
  }

  void add(KillRound.Result result) {
    againMillis.add(result.againMillis());
    hits += result.proof().hit() ? 1 : 0;
    acknowledged += result.acknowledged();
    lost += result.wrong().size();
  }

  /** Whether the phase was hit at all, and nothing was lost by it. */
  boolean isGood() {
    return hits > 0 && lost == 0;
  }

  int hits() {
    return hits;
  }

  long acknowledged() {
    return acknowledged;
  }

  String line() {
    return "%-18s %-8s %6d %5d %13d %5d %12d %12d"
        .formatted(
            phase,
            victim.name().toLowerCase(Locale.ROOT),
            againMillis.size(),
            hits,
            acknowledged,
            lost,
            againMillis.percentile(0.5),
            againMillis.percentile(1));
  }

  JsonObject json() {
    return new JsonObject()
        .put("phase", phase)
        .put("killed", victim.name().toLowerCase(Locale.ROOT))
        .put("rounds", againMillis.size())
        .put("hits", hits)
        .put("acknowledged", acknowledged)
        .put("lost", lost)
        .put("againP50Millis", againMillis.percentile(0.5))
        .put("againMaxMillis", againMillis.percentile(1));
  }
}
