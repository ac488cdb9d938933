package io.raftkv.storage;

import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import io.raftkv.raft.RaftNode;

/**
 * What the records of a log come to, but for its entries.
 *
 * @param lastIndex the index of the last entry, 0 if there is none
 */
record LogSummary(long term, int votedFor, long clusterId, long lastIndex) {
  static final LogSummary EMPTY = new LogSummary(0, RaftNode.NOBODY, 0, 0);

  /** A fold that goes on behind the records that come to this. */
  PersistentState.Fold fold() {
    return new PersistentState.Fold(term, votedFor, clusterId, lastIndex);
  }

  /** What it is after one more record. */
  LogSummary after(LogRecord record) {
    var next = new Next(this);
    record.dispatch(next);
    return next.summary;
  }

  private static final class Next implements LogRecord.Handler {
    private LogSummary summary;

    Next(LogSummary summary) {
      this.summary = summary;
    }

    @Override
    public void onVote(LogRecord.Vote vote) {
      summary = new LogSummary(vote.term(), vote.votedFor(), summary.clusterId, summary.lastIndex);
    }

    @Override
    public void onAppend(LogRecord.Append append) {
      int count = append.entries().size();
      if (count > 0) {
        summary = withLastIndex(append.entries().get(count - 1).index());
      }
    }

    @Override
    public void onTruncateSuffix(LogRecord.TruncateSuffix truncate) {
      summary = withLastIndex(truncate.fromIndex() - 1);
    }

    @Override
    public void onStartAfter(LogRecord.StartAfter startAfter) {
      summary = withLastIndex(startAfter.snapshot().index());
    }

    private LogSummary withLastIndex(long index) {
      return new LogSummary(summary.term, summary.votedFor, summary.clusterId, index);
    }

    @Override
    public void onJoined(LogRecord.Joined joined) {
      summary =
          new LogSummary(summary.term, summary.votedFor, joined.clusterId(), summary.lastIndex);
    }
  }
}
