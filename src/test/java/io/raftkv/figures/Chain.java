package io.raftkv.figures;

import io.raftkv.base.Bytes;
import io.raftkv.tools.Answer;
import io.raftkv.tools.Requests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The history of one key that has one writer, who sends one request at a time: set, cas with the
 * version that the set gave, getm, and again. Every value is written once only, so that each answer
 * can be judged exactly: a lost write, a write applied twice and a stale read all show.
 *
 * <p>A write whose outcome is unknown ends the chain, since it may take effect at any later time.
 */
final class Chain {
  private static final int STEPS = 3;
  private static final int SET = 0;
  private static final int CAS = 1;

  private final String key;
  private final int valueBytes;
  private final boolean reads;
  private final List<Bytes> unknown = new ArrayList<>();
  private long writes;
  private int step;
  private Bytes pending = Bytes.EMPTY;
  private Bytes stored = Bytes.EMPTY;
  private long version;

  /** A chain of writes of at least {@code valueBytes}, with or without reads between them. */
  Chain(String key, int valueBytes, boolean reads) {
    this.key = key;
    this.valueBytes = valueBytes;
    this.reads = reads;
  }

  String key() {
    return key;
  }

  /** Whether no further request must be sent. */
  boolean isOver() {
    return !unknown.isEmpty();
  }

  /** Whether the request under way, or else the last, is a write. */
  boolean isWriting() {
    return step == SET || step == CAS;
  }

  /** The next request; its answer must be told before the next is asked for. */
  Bytes next() {
    if (!isWriting()) {
      return Requests.getm(key);
    }
    pending = Bytes.utf8(pad(key + "." + ++writes));
    return step == SET ? Requests.set(key, 0, pending) : Requests.cas(key, 0, version, pending);
  }

  /** Judges the answer to the last request; returns what is wrong with it, if anything. */
  Optional<String> answered(Answer answer) {
    if (answer.isUnknown()) {
      lost();
      return Optional.empty();
    }
    var complaint = isWriting() ? written(answer) : read(answer);
    step = (step + 1) % (reads ? STEPS : STEPS - 1);
    return complaint;
  }

  /** The answer to the last request will never come. */
  void lost() {
    if (isWriting()) {
      unknown.add(pending);
    } else {
      step = SET;
    }
  }

  /** Judges a {@code getm} after all is over; returns what is wrong with it, if anything. */
  Optional<String> judge(Answer answer) {
    if (version == 0 && answer.line().equals("ERR_NOT_FOUND")) {
      return Optional.empty();
    }
    boolean acknowledged = answer.version() == version && answer.value().equals(stored);
    boolean late = answer.version() > version && unknown.contains(answer.value());
    return acknowledged || late ? Optional.empty() : complain("at the end", answer);
  }

  private Optional<String> written(Answer answer) {
    if (!answer.isOk() || answer.version() <= version) {
      return complain(step == SET ? "set" : "cas", answer);
    }
    version = answer.version();
    stored = pending;
    return Optional.empty();
  }

  private Optional<String> read(Answer answer) {
    return answer.version() == version && answer.value().equals(stored)
        ? Optional.empty()
        : complain("getm", answer);
  }

  private Optional<String> complain(String doing, Answer answer) {
    return Optional.of(
        "%s %s: version %d with %s was acknowledged, got %s"
            .formatted(doing, key, version, stored, answer));
  }

  private String pad(String text) {
    return text + ".".repeat(Math.max(0, valueBytes - text.length()));
  }
}
