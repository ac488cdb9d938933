package io.raftkv.tools;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What happened so far, counted by many threads. */
final class Tally {
  private final Map<Verb, LongAdder> answered = new EnumMap<>(Verb.class);
  private final LongAdder unknown = new LongAdder();
  private final LongAdder readsDropped = new LongAdder();
  private final LongAdder judged = new LongAdder();
  private final LongAdder kills = new LongAdder();
  private final LongAdder pauses = new LongAdder();

  Tally() {
    for (var verb : Verb.values()) {
      answered.put(verb, new LongAdder());
    }
  }

  void answered(Verb verb) {
    counter(verb).increment();
  }

  /** Nobody knows what became of a request: an update counts, a read says nothing. */
  void unanswered(Verb verb) {
    (verb.isRead() ? readsDropped : unknown).increment();
  }

  void judged(int operations) {
    judged.add(operations);
  }

  void killed() {
    kills.increment();
  }

  void paused() {
    pauses.increment();
  }

  long answers() {
    return answered.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** Updates of unknown outcome count, reads without an answer do not. */
  long operations() {
    return answers() + unknown.sum();
  }

  /** How many operations are kept for judgement. */
  long unjudged() {
    return operations() - judged.sum();
  }

  long kills() {
    return kills.sum();
  }

  long pauses() {
    return pauses.sum();
  }

  /** In one line. */
  String progress() {
    return "%d operations, %d judged, %d of unknown outcome, %d kills, %d pauses"
        .formatted(operations(), judged.sum(), unknown.sum(), kills(), pauses());
  }

  /** In one line, with the commands apart. */
  String summary() {
    var verbs = new StringBuilder();
    for (var verb : Verb.values()) {
      verbs.append(verb.word()).append(' ').append(counter(verb).sum()).append(", ");
    }
    return "answered: %sunknown: %d updates (and %d reads, left out); %d kills, %d pauses"
        .formatted(verbs, unknown.sum(), readsDropped.sum(), kills(), pauses());
  }

  private LongAdder counter(Verb verb) {
    var counter = answered.get(verb);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + verb);
    }
    return counter;
  }
}
