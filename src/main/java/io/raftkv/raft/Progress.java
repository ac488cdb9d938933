package io.raftkv.raft;

import java.util.List;

/**
 * What a leader knows of one server's log: what it holds for certain, and what was sent ahead on
 * the hope that it arrives. In flight is what lies between the two, and nothing else, so that no
 * count can leak when a message or its answer is lost.
 */
final class Progress {
  private static final long LONG_AGO = Long.MIN_VALUE / 2;

  private final RaftLog log;
  private long incarnation;
  private long matchIndex;
  private long nextIndex;

  /** The weight of what was sent ahead: the entries behind countedFrom, up to nextIndex. */
  private long inFlightBytes;

  private long countedFrom;
  private long round;
  private long heardAt;
  private long sentAt = LONG_AGO;
  private long sentRound;
  private long sentCommit;
  private boolean probing;
  private long probeEnd;

  Progress(RaftLog log, long incarnation, long nextIndex, long now) {
    this.log = log;
    this.incarnation = incarnation;
    this.nextIndex = nextIndex;
    this.countedFrom = nextIndex - 1;
    this.heardAt = now;
  }

  long matchIndex() {
    return matchIndex;
  }

  long nextIndex() {
    return nextIndex;
  }

  long round() {
    return round;
  }

  long heardAt() {
    return heardAt;
  }

  /**
   * The link opened anew and may have lost what was sent, so go on from what is certain; if another
   * incarnation is talking now, nothing is.
   */
  void reset(long talking, long now) {
    if (talking != incarnation) {
      incarnation = talking;
      matchIndex = 0;
      round = 0;
      heardAt = now;
    }
    probe(matchIndex > 0 ? matchIndex + 1 : nextIndex);
    sentAt = LONG_AGO;
  }

  private void probe(long next) {
    nextIndex = Math.max(matchIndex + 1, next);
    probing = true;
    probeEnd = 0;
    inFlightBytes = 0;
  }

  /** Whether there is anything to send now: entries, a newer commit index, a round, a heartbeat. */
  boolean isDue(long commitIndex, long currentRound, long now, RaftConfig config) {
    return hasRoom(config)
        || sentCommit < Math.min(commitIndex, nextIndex - 1)
        || sentRound < currentRound
        || now >= heartbeatAt(config);
  }

  /** Whether entries are waiting that may be sent now. */
  boolean hasRoom(RaftConfig config) {
    return nextIndex <= log.lastIndex()
        && (probing ? probeEnd == 0 : inFlightBytes < config.inFlightBytesMax());
  }

  long heartbeatAt(RaftConfig config) {
    return sentAt + config.heartbeatMillis();
  }

  /** These entries and numbers are on their way. */
  void sent(List<Entry> entries, long commitIndex, long currentRound, long now) {
    if (probing) {
      probeEnd = entries.isEmpty() ? probeEnd : nextIndex - 1 + entries.size();
    } else {
      nextIndex += entries.size();
      inFlightBytes += weight(entries);
    }
    sentCommit = Math.min(commitIndex, nextIndex - 1);
    sentRound = currentRound;
    sentAt = now;
  }

  /** The server answered. */
  void heard(long repliedRound, long now) {
    round = Math.max(round, repliedRound);
    heardAt = now;
  }

  /** Its log is the leader's at what was sent last, and durable up to {@code match}. */
  void accepted(long match) {
    if (probing) {
      probing = false;
      countedFrom = nextIndex - 1;
      nextIndex = Math.max(nextIndex, probeEnd + 1);
      inFlightBytes = weight(log.slice(countedFrom + 1, nextIndex - 1));
    }
    if (match > countedFrom) {
      inFlightBytes -= weight(log.slice(countedFrom + 1, Math.min(match, nextIndex - 1)));
      countedFrom = match;
    }
    matchIndex = Math.max(matchIndex, match);
    nextIndex = Math.max(nextIndex, matchIndex + 1);
  }

  /** Its log is not the leader's at {@code refused}; an answer to something older says nothing. */
  void refused(long refused, long hintIndex, long hintTerm) {
    boolean stale =
        refused <= matchIndex || (probing ? refused != nextIndex - 1 : refused >= nextIndex);
    if (!stale) {
      probe(log.lastIndexOfTermAtMost(Math.min(hintIndex, refused - 1), hintTerm) + 1);
    }
  }

  private static long weight(List<Entry> entries) {
    long weight = 0;
    for (var entry : entries) {
      weight += entry.weight();
    }
    return weight;
  }
}
