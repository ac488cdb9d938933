package io.raftkv.raft;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * A server that wants to lead. It first asks whether it would be elected, which changes nothing
 * anywhere (pre-vote, dissertation 9.6); then it takes a new term and its own vote, and asks in
 * earnest when both are durable: otherwise a crash in between could let it lead one term twice.
 */
final class Candidate extends Role {
  private enum Phase {
    ASKING_BEFORE,
    WRITING_VOTE,
    ASKING
  }

  private final TreeSet<Integer> votes = new TreeSet<>();
  private final List<Long> heardTimes = new ArrayList<>();
  private final List<Long> wallTimes = new ArrayList<>();
  private Phase phase = Phase.ASKING_BEFORE;
  private final boolean transfer;
  private long deadline;
  private int elections;

  Candidate(RaftNode node, boolean transfer) {
    super(node);
    this.transfer = transfer;
  }

  @Override
  Kind kind() {
    return Kind.CANDIDATE;
  }

  /** A transfer skips the pre-vote: the leader itself asked for the election. */
  @Override
  void start() {
    if (transfer) {
      campaign();
    } else {
      askBefore();
    }
  }

  @Override
  int leader() {
    return RaftNode.NOBODY;
  }

  @Override
  boolean hearsLeader() {
    return false;
  }

  @Override
  long nextDeadline() {
    return deadline;
  }

  /**
   * A split vote is tried again soon, then less and less so: the pre-vote keeps a candidate that
   * cannot win from disturbing anybody, and a slow disk gets the time it needs in the end.
   */
  @Override
  void forgiveLateness() {
    int timeout = node.config().electionTimeoutMillis();
    int patience = Math.max(1, Math.min(timeout, (timeout / 4) << Math.min(elections, 2)));
    deadline = node.now() + patience + node.draw(patience);
  }

  private void askBefore() {
    phase = Phase.ASKING_BEFORE;
    votes.clear();
    voteForItself();
    forgiveLateness();
    if (isElected()) {
      campaign();
    } else {
      ask(node.term() + 1, true);
    }
  }

  private void campaign() {
    phase = Phase.WRITING_VOTE;
    votes.clear();
    heardTimes.clear();
    wallTimes.clear();
    forgiveLateness();
    elections++;
    node.startTerm();
  }

  @Override
  void onWritten() {
    if (phase == Phase.WRITING_VOTE && node.outbox().durableTerm() == node.term()) {
      phase = Phase.ASKING;
      voteForItself();
      noteTimes(node.clock().estimate(node.now()), node.wallTime());
      ask(node.term(), false);
      leadIfElected();
    }
  }

  /**
   * The seat of this id may be empty by now, or another's: then its own vote counts for nothing.
   */
  private void voteForItself() {
    if (node.membership().isSeated()) {
      votes.add(node.config().id());
    }
  }

  private void ask(long term, boolean preVote) {
    node.membership().peers().forEach(peer -> node.outbox().send(peer, request(term, preVote)));
  }

  private Message.RequestVote request(long term, boolean preVote) {
    var log = node.log();
    return new Message.RequestVote(
        term, log.lastIndex(), log.lastTerm(), preVote, isAskedByLeader() && !preVote);
  }

  /** The leader asked for one election, not for all that may follow if that one is lost. */
  private boolean isAskedByLeader() {
    return transfer && elections == 1;
  }

  /** What was asked before the link was open is lost: ask this one again. */
  @Override
  void onPeerReset(int peer) {
    if (phase == Phase.ASKING_BEFORE) {
      node.outbox().send(peer, request(node.term() + 1, true));
    } else if (phase == Phase.ASKING) {
      node.outbox().send(peer, request(node.term(), false));
    }
  }

  @Override
  void onVote(int from, Message.RequestVoteReply reply) {
    boolean answersPreVote = phase == Phase.ASKING_BEFORE && reply.preVote();
    boolean answersVote = phase == Phase.ASKING && !reply.preVote();
    long asked = answersPreVote ? node.term() + 1 : node.term();
    if ((answersPreVote || answersVote) && reply.term() == asked && node.counts(from)) {
      boolean isFirst = votes.add(from);
      if (answersVote && isFirst) {
        noteTimes(reply.heardTime(), reply.wallTime());
      }
      if (answersVote) {
        leadIfElected();
      } else if (isElected()) {
        campaign();
      }
    }
  }

  private void noteTimes(long heardTime, long wallTime) {
    if (heardTime != Message.RequestVoteReply.NOT_HEARD) {
      heardTimes.add(heardTime);
    }
    wallTimes.add(wallTime);
  }

  private boolean isElected() {
    return node.membership().elects(votes::contains);
  }

  private void leadIfElected() {
    if (isElected()) {
      node.become(new Leader(node, startTime()));
    }
  }

  /**
   * The latest time that the log or a voter knows of; the wall clock counts only if nobody has
   * heard a stamp, and then the median, of two the earlier, so that one bad clock cannot move time
   * for good.
   */
  private long startTime() {
    long time = node.log().lastTime();
    if (!heardTimes.isEmpty()) {
      return Math.max(time, Collections.max(heardTimes));
    }
    var walls = wallTimes.stream().sorted().toList();
    return Math.max(time, walls.get((walls.size() - 1) / 2));
  }

  @Override
  void judgeDeadlines() {
    if (node.now() < deadline) {
      return;
    }
    if (!node.mayCampaign()) {
      node.become(new Follower(node));
    } else if (phase == Phase.WRITING_VOTE) {
      forgiveLateness();
    } else {
      askBefore();
    }
  }

  @Override
  void flush() {}

  @Override
  void propose(List<Bytes> commands) {}

  @Override
  void read(long readId) {}
}
