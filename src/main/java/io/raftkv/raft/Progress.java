package io.raftkv.raft;

import java.util.List;

/**
 * What a leader knows of one server's log: what it holds for certain, and what was sent ahead on
 * the hope that it arrives. In flight is what lies between the two, and nothing else, so that no
 * count can leak when a message or its answer is lost.
 */
final class Progress {
  private static final long LONG_AGO = Long.MIN_VALUE / 2;
  private static final long NONE = -1;

  private final RaftLog log;
  private final Window window = new Window();
  private long incarnation;
  private long matchIndex;
  private long nextIndex;

  /** From where on this leader has sent anything: what lies before was never in flight. */
  private long sentFrom;

  private long round;
  private long heardAt;
  private boolean hungUp;
  private boolean shortOfRoom;
  private long sentAt = LONG_AGO;
  private long sentRound;
  private long sentCommit;
  private boolean probing;
  private long probeEnd;

  /** Whether the log no longer holds what this server needs next. */
  private boolean needsSnapshot;

  /** The snapshot that is under way to it, and up to where the log is needed behind that. */
  private long snapshotUnderWay = NONE;

  private long snapshotRetryAt = LONG_AGO;

  Progress(RaftLog log, long incarnation, long nextIndex, long now) {
    this.log = log;
    this.incarnation = incarnation;
    this.nextIndex = nextIndex;
    this.sentFrom = nextIndex;
    this.heardAt = now;
  }

  /** Whose log this is about. */
  long incarnation() {
    return incarnation;
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
    hungUp = false;
    probe(matchIndex > 0 ? matchIndex + 1 : nextIndex);
    sentAt = LONG_AGO;
  }

  private void probe(long next) {
    nextIndex = Math.max(matchIndex + 1, next);
    sentFrom = nextIndex;
    probing = true;
    window.interrupted();
    probeEnd = 0;
    needsSnapshot = false;
  }

  /** Nothing but signs of life makes sense until it has a snapshot: the log begins too late. */
  private void needSnapshot() {
    probe(log.startIndex() + 1);
    needsSnapshot = true;
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
        && nextIndex > log.startIndex()
        && !needsSnapshot
        && (probing ? probeEnd == 0 : inFlightBytes() < window.bytes(config));
  }

  /** How many bytes of entries the next message to this server may carry; one entry at least. */
  int roomBytes(RaftConfig config) {
    long room = window.bytes(config) - (probing ? 0 : inFlightBytes());
    return (int) Math.max(0, Math.min(room, config.appendBytesMax()));
  }

  private long inFlightBytes() {
    return log.weight(Math.max(matchIndex + 1, sentFrom), nextIndex - 1);
  }

  /** Whether a snapshot must go out now, and nothing else can help. */
  boolean isSnapshotDue(long now) {
    if (nextIndex <= log.startIndex()) {
      needSnapshot();
    }
    return needsSnapshot && snapshotUnderWay == NONE && now >= snapshotRetryAt;
  }

  /** When a snapshot that could not be sent is tried again. */
  long snapshotRetryAt() {
    return needsSnapshot && snapshotUnderWay == NONE ? snapshotRetryAt : Long.MAX_VALUE;
  }

  /** A snapshot is on its way, which reaches at least up to the log's start. */
  void snapshotStarted() {
    snapshotUnderWay = log.startIndex();
  }

  /** Up to where the log may be compacted while a snapshot is under way. */
  long neededFrom(long snapshotIndex) {
    return snapshotUnderWay == NONE ? snapshotIndex : snapshotUnderWay;
  }

  /** The server has the snapshot, or must be sent it again. */
  void snapshotEnded(boolean delivered, long retryAt) {
    snapshotUnderWay = NONE;
    snapshotRetryAt = retryAt;
    if (delivered && needsSnapshot) {
      probe(log.startIndex() + 1);
    }
  }

  /** Where the next message to this server begins: behind what it is thought to hold. */
  long previousIndex() {
    return Math.max(nextIndex - 1, log.startIndex());
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
    }
    if (!entries.isEmpty()) {
      window.sent(entries.get(entries.size() - 1).index(), now);
    }
    sentCommit = Math.min(commitIndex, nextIndex - 1);
    sentRound = currentRound;
    sentAt = now;
  }

  /** The server answered. */
  void heard(long repliedRound, boolean isShort, long now) {
    round = Math.max(round, repliedRound);
    shortOfRoom = isShort;
    heardAt = now;
    hungUp = false;
  }

  /** Its link closed: unless it is heard again, it is as good as dead. */
  void hungUp() {
    hungUp = true;
  }

  /** Whether it was heard lately, and has not hung up since. */
  boolean isAlive(long now, RaftConfig config) {
    return !hungUp && now - heardAt < config.electionTimeoutMillis();
  }

  /** Whether its disk was nearly full when it was last heard. */
  boolean isShortOfRoom() {
    return shortOfRoom;
  }

  /** Its log is the leader's at what was sent last, and durable up to {@code match}. */
  void accepted(long match, long now, RaftConfig config) {
    window.answered(match, now, config);
    if (match > matchIndex) {
      matchIndex = match;
      nextIndex = Math.max(nextIndex, matchIndex + 1);
    }
    if (needsSnapshot) {
      leaveSnapshot();
    } else if (probing) {
      probing = false;
      nextIndex = Math.max(nextIndex, probeEnd + 1);
    }
  }

  /** The log goes on behind what the server holds now; if it does not, only a snapshot helps. */
  private void leaveSnapshot() {
    if (matchIndex >= log.startIndex()) {
      probe(matchIndex + 1);
    }
  }

  /** Its log is not the leader's at {@code refused}; an answer to something older says nothing. */
  void refused(long refused, long hintIndex, long hintTerm) {
    boolean stale =
        refused <= matchIndex || (probing ? refused != nextIndex - 1 : refused >= nextIndex);
    if (stale) {
      return;
    }
    long agreed = Math.min(hintIndex, refused - 1);
    if (agreed < log.startIndex()) {
      needSnapshot();
    } else {
      probe(log.lastIndexOfTermAtMost(agreed, hintTerm) + 1);
    }
  }
}
