package io.raftkv.raft;

import io.raftkv.base.Ranges;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a server remembers over a restart: its newest snapshot, and the fold of all its {@link
 * LogRecord}s.
 *
 * @param term the latest term the server has seen, 0 at first
 * @param votedFor whom it voted for in that term, or {@link RaftNode#NOBODY}
 * @param clusterId the cluster it belongs to, or 0 if it does not know of one
 * @param snapshot where the state machine begins; empty if at the first entry
 * @param entries the log, without a gap. It may begin in front of the snapshot, but not later than
 *     right behind it; and it holds the snapshot's last entry, or begins right behind it, or is
 *     empty
 */
public record PersistentState(
    long term, int votedFor, long clusterId, Optional<Snapshot> snapshot, List<Entry> entries) {
  /** A server that has never run. */
  public static final PersistentState EMPTY = new PersistentState(0, RaftNode.NOBODY, 0, List.of());

  /** The state of a server without a snapshot. */
  public PersistentState(long term, int votedFor, long clusterId, List<Entry> entries) {
    this(term, votedFor, clusterId, Optional.empty(), entries);
  }

  /** Folds records into a state; what does not follow from the records before is refused. */
  public static final class Fold implements LogRecord.Handler {
    private final ArrayList<Entry> entries = new ArrayList<>();
    private long term;
    private int votedFor = RaftNode.NOBODY;
    private long clusterId;

    /** The index of the entry in front of the first. */
    private long before;

    private long neededFrom;

    /** Begins at the first record of all. */
    public Fold() {}

    /**
     * Begins in the middle, where the records before come to this.
     *
     * @param lastIndex the index of the last entry before, 0 if there is none
     */
    public Fold(long term, int votedFor, long clusterId, long lastIndex) {
      this.term = term;
      this.votedFor = votedFor;
      this.clusterId = clusterId;
      before = lastIndex;
    }

    /**
     * Entries in front of this index are only counted from now on, not kept: a snapshot holds what
     * they came to, and a log in memory beside it would take as much again.
     */
    public void needFrom(long index) {
      neededFrom = index;
    }

    @Override
    public void onVote(LogRecord.Vote vote) {
      Ranges.atLeast("the term", vote.term(), term);
      term = vote.term();
      votedFor = vote.votedFor();
    }

    @Override
    public void onAppend(LogRecord.Append append) {
      for (var entry : append.entries()) {
        long next = lastIndex() + 1;
        Ranges.within("the next entry", entry.index(), next, next);
        if (next < neededFrom) {
          before = next;
        } else {
          entries.add(entry);
        }
      }
    }

    /** A cut may reach in front of where the fold began: what is cut there was never needed. */
    @Override
    public void onTruncateSuffix(LogRecord.TruncateSuffix truncate) {
      long from = truncate.fromIndex();
      Ranges.within("the entry to cut from", from, 1, lastIndex());
      if (from <= before) {
        entries.clear();
        before = from - 1;
      } else {
        entries.subList((int) (from - before) - 1, entries.size()).clear();
      }
    }

    @Override
    public void onJoined(LogRecord.Joined joined) {
      clusterId = joined.clusterId();
    }

    @Override
    public void onStartAfter(LogRecord.StartAfter startAfter) {
      entries.clear();
      before = startAfter.snapshot().index();
    }

    /** Whether the snapshot's last entry is in here. */
    public boolean holds(SnapshotId snapshot) {
      long index = snapshot.index();
      return index > before
          && index <= lastIndex()
          && entries.get((int) (index - before) - 1).term() == snapshot.term();
    }

    /** The newest configuration among the entries that are in here. */
    public Optional<Configuration> configuration() {
      for (int i = entries.size() - 1; i >= 0; i--) {
        if (entries.get(i).kind() == Entry.Kind.CONFIGURATION) {
          return Optional.of(Configuration.decode(entries.get(i).command()));
        }
      }
      return Optional.empty();
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

    /** The index of the entry in front of the first one that was folded in and is still there. */
    public long before() {
      return before;
    }

    /** The index of the last entry, 0 if there is none. */
    public long lastIndex() {
      return before + entries.size();
    }

    /** The state after all records so far, without a snapshot; the fold must not be used again. */
    public PersistentState state() {
      return state(Optional.empty());
    }

    /** The state after all records so far; the fold must not be used again. */
    public PersistentState state(Optional<Snapshot> snapshot) {
      return new PersistentState(term, votedFor, clusterId, snapshot, entries);
    }
  }
}
