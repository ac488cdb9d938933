package io.raftkv.raft;

/**
 * The cluster's time as this server knows it: the last stamp that it heard or gave, and its own
 * monotonic time since. Each newer stamp replaces the idea, even by a smaller one, so that the
 * drift of a fast clock does not add up.
 */
final class ClusterClock {
  private long term;
  private long stamp = Message.RequestVoteReply.NOT_HEARD;
  private long heardAt;

  /**
   * A stamp of a leader's message; one that was overtaken by a newer one, or repeats it, changes
   * nothing. Says whether it was news.
   */
  boolean hear(long leaderTerm, long leaderStamp, long now) {
    boolean isNews = leaderTerm > term || leaderStamp > stamp;
    if (isNews) {
      term = leaderTerm;
      stamp = leaderStamp;
      heardAt = now;
    }
    return isNews;
  }

  /** The time now, or {@link Message.RequestVoteReply#NOT_HEARD} before the first stamp. */
  long estimate(long now) {
    return stamp == Message.RequestVoteReply.NOT_HEARD ? stamp : stamp + (now - heardAt);
  }
}
