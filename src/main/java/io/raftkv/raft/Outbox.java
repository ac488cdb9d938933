package io.raftkv.raft;

import io.raftkv.base.Invariant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What a turn brings forth, and the one place that holds things back: a message that claims
 * something leaves only when the writes before it are durable. To everyone else it is a message
 * that the network delayed.
 */
final class Outbox {
  private static final long NEVER = Long.MAX_VALUE;

  private final ArrayDeque<Unwritten> unwritten = new ArrayDeque<>();
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private final ArrayList<Entry> appended = new ArrayList<>();
  private List<LogRecord> records = new ArrayList<>();
  private List<Effect> effects = new ArrayList<>();
  private long sequence;
  private long durableTerm;
  private long durableIndex;

  /** A write under way; {@code lastIndex} sinks when entries in it are cut off again. */
  private static final class Unwritten {
    final long sequence;
    final long term;
    final long since;
    long lastIndex;

    Unwritten(long sequence, long term, long lastIndex, long since) {
      this.sequence = sequence;
      this.term = term;
      this.lastIndex = lastIndex;
      this.since = since;
    }
  }

  private record Held(long sequence, Effect.Send send) {}

  Outbox(long durableTerm, long durableIndex) {
    this.durableTerm = durableTerm;
    this.durableIndex = durableIndex;
  }

  /** The highest term that is durable here. */
  long durableTerm() {
    return durableTerm;
  }

  /** Up to where the log, as it is now, is durable here. */
  long durableIndex() {
    return durableIndex;
  }

  /** The number of the write that carries what is recorded in this turn. */
  long nextSequence() {
    return sequence + 1;
  }

  /** When the oldest write under way was given out, or {@code Long.MAX_VALUE} if none is. */
  long oldestWriteSince() {
    return unwritten.isEmpty() ? NEVER : unwritten.getFirst().since;
  }

  /** Up to where the oldest write under way makes the log durable. */
  long oldestWriteIndex() {
    return unwritten.isEmpty() ? durableIndex : unwritten.getFirst().lastIndex;
  }

  void send(int to, Message message) {
    effects.add(new Effect.Send(to, message));
  }

  /** Sends when all that was recorded until now is durable. */
  void sendWhenDurable(int to, Message message) {
    if (records.isEmpty() && appended.isEmpty() && unwritten.isEmpty()) {
      send(to, message);
    } else {
      long last = records.isEmpty() && appended.isEmpty() ? sequence : nextSequence();
      held.add(new Held(last, new Effect.Send(to, message)));
    }
  }

  void emit(Effect effect) {
    effects.add(effect);
  }

  void recordVote(long term, int votedFor) {
    record(new LogRecord.Vote(term, votedFor));
  }

  void recordJoined(long clusterId) {
    record(new LogRecord.Joined(clusterId));
  }

  void recordAppend(Entry entry) {
    appended.add(entry);
  }

  /** What was durable behind the cut, or is on its way to be, no longer counts. */
  void recordTruncate(long fromIndex) {
    record(new LogRecord.TruncateSuffix(fromIndex));
    forgetDurableBehind(fromIndex - 1);
  }

  /** The snapshot counts as this server's log once this record is durable, like any entry. */
  void recordStartAfter(SnapshotId snapshot) {
    record(new LogRecord.StartAfter(snapshot));
    forgetDurableBehind(snapshot.index());
  }

  private void forgetDurableBehind(long index) {
    durableIndex = Math.min(durableIndex, index);
    for (var write : unwritten) {
      write.lastIndex = Math.min(write.lastIndex, index);
    }
  }

  /** All writes up to this one are durable. */
  void written(long upTo) {
    Invariant.ordered(upTo, sequence, "only what was given out gets written");
    while (!unwritten.isEmpty() && unwritten.getFirst().sequence <= upTo) {
      var write = unwritten.removeFirst();
      durableTerm = write.term;
      durableIndex = write.lastIndex;
    }
    while (!held.isEmpty() && held.getFirst().sequence() <= upTo) {
      effects.add(held.removeFirst().send());
    }
  }

  /** Ends a turn: gives out what it brought forth, the turn's records as one write. */
  List<Effect> drain(long term, long lastIndex, long now) {
    gatherAppended();
    if (!records.isEmpty()) {
      sequence++;
      unwritten.add(new Unwritten(sequence, term, lastIndex, now));
      effects.add(new Effect.Write(sequence, records));
      records = new ArrayList<>();
    }
    var drained = effects;
    effects = new ArrayList<>();
    return drained;
  }

  private void record(LogRecord record) {
    gatherAppended();
    records.add(record);
  }

  private void gatherAppended() {
    if (!appended.isEmpty()) {
      records.add(new LogRecord.Append(appended));
      appended.clear();
    }
  }
}
