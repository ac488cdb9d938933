package io.raftkv.raft;

/** One server's part in Raft: events in, effects out; no clock, no threads, no I/O. */
public final class RaftNode {
  /** No server: a vote not given, a leader not known. */
  public static final int NOBODY = -1;
}
