package io.raftkv.raft;

import java.util.ArrayList;
import java.util.List;

/**
 * What a server remembers over a restart: the fold of all its {@link LogRecord}s.
 *
 * @param term the latest term the server has seen, 0 at first
 * @param votedFor whom it voted for in that term, or {@link RaftNode#NOBODY}
 * @param clusterId the cluster it belongs to, or 0 if it does not know of one
 * @param entries the log, from index 1, without a gap
 */
public record PersistentState(long term, int votedFor, long clusterId, List<Entry> entries) {
  /** A server that has never run. */
  public static final PersistentState EMPTY = new PersistentState(0, RaftNode.NOBODY, 0, List.of());

  /** Folds records into a state; what does not follow from the records before is refused. */
  public static final class Fold implements LogRecord.Handler {
    private long term;
    private int votedFor = RaftNode.NOBODY;
    private long clusterId;
    private final ArrayList<Entry> entries = new ArrayList<>();

    @Override
    public void onVote(LogRecord.Vote vote) {
      if (vote.term() < term) {
        throw new IllegalArgumentException("term " + vote.term() + " after term " + term);
      }
      term = vote.term();
      votedFor = vote.votedFor();
    }

    @Override
    public void onAppend(LogRecord.Append append) {
      for (var entry : append.entries()) {
        if (entry.index() != entries.size() + 1L) {
          throw new IllegalArgumentException(
              "entry " + entry.index() + " after entry " + entries.size());
        }
        entries.add(entry);
      }
    }

    @Override
    public void onTruncateSuffix(LogRecord.TruncateSuffix truncate) {
      if (truncate.fromIndex() < 1 || truncate.fromIndex() > entries.size()) {
        throw new IllegalArgumentException(
            "cut from entry " + truncate.fromIndex() + " of " + entries.size());
      }
      entries.subList((int) truncate.fromIndex() - 1, entries.size()).clear();
    }

    @Override
    public void onJoined(LogRecord.Joined joined) {
      clusterId = joined.clusterId();
    }

    public long term() {
      return term;
    }

    public int votedFor() {
      return votedFor;
    }

    public long clusterId() {
      return clusterId;
    }

    /** The index of the last entry folded in, 0 if there is none. */
    public long lastIndex() {
      return entries.size();
    }

    /** The state after all records so far. The fold must not be used afterwards. */
    public PersistentState state() {
      return new PersistentState(term, votedFor, clusterId, entries);
    }
  }
}
