package io.raftkv.raft;

/** What a server is at a time; each role owns its state and its behaviour and dies with it. */
public abstract class Role {
  /** The three roles of the dissertation (3.3). */
  public enum Kind {
    FOLLOWER,
    CANDIDATE,
    LEADER
  }
}
