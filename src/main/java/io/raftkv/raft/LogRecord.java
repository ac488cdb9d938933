package io.raftkv.raft;

import java.util.List;

/**
 * What a server must remember, in the order in which it must be remembered: one ordered stream, so
 * that term, vote and entries can never come apart.
 */
public sealed interface LogRecord {
  /** Calls the method of {@code handler} that is for this kind of record. */
  void dispatch(Handler handler);

  /**
   * The server is in {@code term} and has given its vote to {@code votedFor}.
   *
   * @param votedFor a server's id, or {@link RaftNode#NOBODY}
   */
  record Vote(long term, int votedFor) implements LogRecord {
    @Override
    public void dispatch(Handler handler) {
      handler.onVote(this);
    }
  }

  /** Entries that follow the log's last one. */
  record Append(List<Entry> entries) implements LogRecord {
    public Append {
      entries = List.copyOf(entries);
    }

    @Override
    public void dispatch(Handler handler) {
      handler.onAppend(this);
    }
  }

  /** The entry at {@code fromIndex} and all behind it are no longer part of the log. */
  record TruncateSuffix(long fromIndex) implements LogRecord {
    @Override
    public void dispatch(Handler handler) {
      handler.onTruncateSuffix(this);
    }
  }

  /**
   * The server belongs to the cluster with this id: the configuration that minted it is committed.
   *
   * @param clusterId never 0
   */
  record Joined(long clusterId) implements LogRecord {
    @Override
    public void dispatch(Handler handler) {
      handler.onJoined(this);
    }
  }

  /**
   * The log is empty and begins behind this snapshot, which is durable already: none of the entries
   * before is part of the log any more, whatever its index (dissertation 5.1).
   */
  record StartAfter(SnapshotId snapshot) implements LogRecord {
    @Override
    public void dispatch(Handler handler) {
      handler.onStartAfter(this);
    }
  }

  /** One method for each kind of record. */
  interface Handler {
    void onVote(Vote vote);

    void onAppend(Append append);

    void onTruncateSuffix(TruncateSuffix truncate);

    void onJoined(Joined joined);

    void onStartAfter(StartAfter startAfter);
  }
}
