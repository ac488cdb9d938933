package io.raftkv.figures;

import java.io.IOException;

/** A phase in the life of a cluster's data, in the middle of which servers are to be killed. */
interface Phase {
  /** Brings it about, and returns as soon as it is there. */
  void reach(KillRound round) throws IOException, InterruptedException;

  /** Looks, once the victims are dead, whether it was this phase that they died in. */
  Proof proof(KillRound round) throws IOException;

  /** Ends what was begun, when all that were killed serve again. */
  default void settle(KillRound round) throws IOException, InterruptedException {}

  /** Whom a round kills. */
  enum Victim {
    /** The server whose folder is watched: whoever writes, receives, recovers or is new. */
    ONE,
    /** Whoever leads: it sends what is received, and does what an operator asks for. */
    LEADER,
    /** All at once. */
    ALL
  }

  /**
   * What was found.
   *
   * @param hit whether they died in this phase
   * @param words why that is known
   */
  record Proof(boolean hit, String words) {}
}
