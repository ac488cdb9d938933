package io.raftkv.raft;

import java.util.random.RandomGenerator;

/**
 * What a server is in its cluster: which cluster that is, as far as it knows, and whether it may
 * still speak as who it was.
 */
final class Standing {
  private final Outbox outbox;
  private final RandomGenerator random;
  private long clusterId;
  private boolean givenUp;

  /**
   * @param clusterId the cluster that the server remembers, 0 if none
   */
  Standing(long clusterId, Outbox outbox, RandomGenerator random) {
    this.clusterId = clusterId;
    this.outbox = outbox;
    this.random = random;
  }

  /** The cluster that this server knows it belongs to, 0 if it knows of none. */
  long clusterId() {
    return clusterId;
  }

  /** The id of a cluster that this server forms: that of the state it begins with, or a new one. */
  long newClusterId() {
    return clusterId == 0 ? random.nextLong() | 1 : clusterId;
  }

  /**
   * It belongs to this cluster from now on, if it knew of none.
   *
   * @param committedId what is committed says so; 0 if it says nothing
   */
  void join(long committedId) {
    if (clusterId == 0 && committedId != 0) {
      clusterId = committedId;
      outbox.recordJoined(clusterId);
      outbox.emit(new Effect.Joined(clusterId));
    }
  }

  /** Whether it must not say anything any more as who it was. */
  boolean isGivenUp() {
    return givenUp;
  }

  /**
   * It has forgotten what it promised, or made something else of it: from now on it says nothing
   * any more as who it was.
   */
  void giveUp(Effect.GivenUp why) {
    if (!givenUp) {
      givenUp = true;
      outbox.emit(why);
    }
  }
}
