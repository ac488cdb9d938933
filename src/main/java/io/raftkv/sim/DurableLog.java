package io.raftkv.sim;

import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import io.raftkv.raft.RaftNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one server has made durable, kept outside of it: what it may claim, and what it must find
 * again after a crash.
 */
final class DurableLog implements LogRecord.Handler {
  private final int server;
  private final ArrayDeque<LogRecord> unforced = new ArrayDeque<>();
  private final List<Entry> entries = new ArrayList<>();
  private final Written written = new Written();
  private final Map<Long, Integer> votes = new HashMap<>();
  private long term;
  private int votedFor = RaftNode.NOBODY;
  private long clusterId;
  private long incarnation;

  DurableLog(int server) {
    this.server = server;
  }

  int server() {
    return server;
  }

  /** Which data directory this is, 0 until it has been opened once. */
  long incarnation() {
    return incarnation;
  }

  void writing(List<LogRecord> records) {
    unforced.addAll(records);
    records.forEach(record -> record.dispatch(written));
  }

  /** How many terms the entries had that were cut off by the last write that cut any. */
  int termsCut() {
    return written.termsCut;
  }

  /** The terms of all entries that were written, durable or not. */
  private static final class Written implements LogRecord.Handler {
    private final List<Long> terms = new ArrayList<>();
    private int termsCut;

    @Override
    public void onAppend(LogRecord.Append append) {
      append.entries().forEach(entry -> terms.add(entry.term()));
    }

    @Override
    public void onTruncateSuffix(LogRecord.TruncateSuffix truncate) {
      var cut = terms.subList((int) truncate.fromIndex() - 1, terms.size());
      termsCut = (int) cut.stream().distinct().count();
      cut.clear();
    }

    @Override
    public void onVote(LogRecord.Vote vote) {}

    @Override
    public void onJoined(LogRecord.Joined joined) {}

    @Override
    public void onStartAfter(LogRecord.StartAfter startAfter) {}
  }

  /** The oldest records that were written are durable. */
  void written(int records) {
    for (int i = 0; i < records; i++) {
      unforced.removeFirst().dispatch(this);
    }
  }

  int unforced() {
    return unforced.size();
  }

  /** Whether a vote has been written that is not yet durable. */
  boolean isVoteUnderWay() {
    return unforced.stream().anyMatch(LogRecord.Vote.class::isInstance);
  }

  long term() {
    return term;
  }

  /** Whether the vote of this term is durable, and this candidate's. */
  boolean hasVoted(long inTerm, int candidate) {
    return votes.getOrDefault(inTerm, RaftNode.NOBODY) == candidate;
  }

  /** Whether the log holds exactly this entry. */
  boolean holds(Entry entry) {
    return entry.index() <= entries.size()
        && entries.get((int) entry.index() - 1).term() == entry.term();
  }

  /**
   * What a server found after a crash must be what was forced and a first part of the rest; returns
   * how many records of the rest survived.
   */
  int recovered(SimLog.Start start) {
    var found = start.state();
    incarnation = start.incarnation();
    int survived = 0;
    while (!equal(found)) {
      Violation.unless(
          !unforced.isEmpty(),
          "server "
              + server
              + " found another log than it had forced: term "
              + found.term()
              + " instead of "
              + term
              + ", "
              + found.entries().size()
              + " entries instead of "
              + entries.size());
      unforced.removeFirst().dispatch(this);
      survived++;
    }
    unforced.clear();
    written.terms.clear();
    entries.forEach(entry -> written.terms.add(entry.term()));
    return survived;
  }

  private boolean equal(PersistentState found) {
    return found.term() == term
        && found.votedFor() == votedFor
        && found.clusterId() == clusterId
        && found.entries().equals(entries);
  }

  @Override
  public void onVote(LogRecord.Vote vote) {
    term = vote.term();
    votedFor = vote.votedFor();
    if (votedFor != RaftNode.NOBODY) {
      int before = votes.getOrDefault(term, votedFor);
      Violation.unless(before == votedFor, "server " + server + " votes twice in term " + term);
      votes.put(term, votedFor);
    }
  }

  @Override
  public void onAppend(LogRecord.Append append) {
    entries.addAll(append.entries());
  }

  @Override
  public void onTruncateSuffix(LogRecord.TruncateSuffix truncate) {
    entries.subList((int) truncate.fromIndex() - 1, entries.size()).clear();
  }

  @Override
  public void onJoined(LogRecord.Joined joined) {
    clusterId = joined.clusterId();
  }

  @Override
  public void onStartAfter(LogRecord.StartAfter startAfter) {}
}
