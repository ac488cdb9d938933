package io.raftkv.raft;

import io.raftkv.base.Bytes;
import java.util.List;
import java.util.Map;

/**
 * What a server is at a time. Each role owns its state and its behaviour, is made on the change and
 * thrown away with it. What all roles do alike with a message stands here.
 *
 * <pre>
 *   Follower ──deadline──▶ Candidate (pre-vote, then vote) ──majority──▶ Leader
 *      ▲                        │                                          │
 *      └── leader of this term, or a higher term ──┴── higher term, no majority heard
 * </pre>
 */
public abstract class Role implements Message.Handler {
  /** The three roles of the dissertation (3.3). */
  public enum Kind {
    FOLLOWER,
    CANDIDATE,
    LEADER
  }

  /** No deadline. */
  static final long NEVER = Long.MAX_VALUE;

  final RaftNode node;

  Role(RaftNode node) {
    this.node = node;
  }

  abstract Kind kind();

  /** Begins this role; the node has it already. */
  abstract void start();

  /** The leader this server knows of, or {@link RaftNode#NOBODY}. */
  abstract int leader();

  /**
   * Whether this server hears a leader: then it lets no candidate raise its term (dissertation
   * 4.2.3).
   */
  abstract boolean hearsLeader();

  /** When this role next needs a turn. */
  abstract long nextDeadline();

  /** Acts on deadlines that have passed; it may change the node's role. */
  abstract void judgeDeadlines();

  /** Puts what this turn brought forth into the outbox. */
  abstract void flush();

  /** This turn came late, so that what should have been heard may still wait to be read. */
  abstract void forgiveLateness();

  /** Writes have become durable. */
  abstract void onWritten();

  /** What this server's own clients want in the log. */
  abstract void propose(List<Bytes> commands);

  /** This server's own clients want to read. */
  abstract void read(long readId);

  /** Whether what is proposed now gets into this server's log. */
  boolean isAccepting() {
    return false;
  }

  /** Whether what grows should not get into this server's log. */
  boolean refusesGrowth() {
    return false;
  }

  /** A deadline of the state machine has come. */
  void expire(long deadline, boolean isAwaited) {}

  /** Another incarnation now talks as {@code peer}, or the link to it opened anew. */
  void onPeerReset(int peer) {}

  /** The incoming link from {@code peer} closed. */
  void onLinkClosed(int peer) {}

  /** An operator asks for a change of the configuration; only a leader can make it. */
  void change(long requestId, Change change) {
    var answer =
        leader() == RaftNode.NOBODY
            ? "no leader is known here: try again"
            : "server " + leader() + " leads: ask that one";
    node.outbox().emit(new Effect.Changed(requestId, answer));
  }

  /** Up to where this role knows each member's log to be durable. */
  Map<Integer, Long> matched() {
    return Map.of();
  }

  /** What this server is when it has seen a later term than that of this role. */
  Follower inLaterTerm() {
    return new Follower(node);
  }

  /** Another role takes the place of this one. */
  void end() {}

  /** This server is asked to hand over its leadership. */
  void transferTo(int peer) {}

  /** A snapshot was sent, or could not be. */
  void onSnapshotSent(int to, boolean delivered) {}

  /** Up to where the log may be compacted at most, for what this role still needs of it. */
  long neededFrom(long snapshotIndex) {
    return snapshotIndex;
  }

  @Override
  public final void onRequestVote(int from, Message.RequestVote request) {
    if (request.preVote()) {
      boolean granted =
          !protectsLeaderFrom(from)
              && request.term() > node.term()
              && node.log().isUpToDate(request.lastLogIndex(), request.lastLogTerm());
      node.outbox().send(from, voteReply(granted ? request.term() : node.term(), granted, true));
      return;
    }
    boolean disturbs = protectsLeaderFrom(from) && !request.transfer();
    if (!disturbs && request.term() > node.term()) {
      node.adoptTerm(request.term());
    }
    node.role().vote(from, request, disturbs);
  }

  /** A leader that asks for a vote in a later term leads no more. */
  private boolean protectsLeaderFrom(int candidate) {
    return hearsLeader() && candidate != leader();
  }

  private void vote(int from, Message.RequestVote request, boolean disturbs) {
    boolean granted =
        !disturbs
            && request.term() == node.term()
            && node.mayVoteFor(from)
            && node.log().isUpToDate(request.lastLogIndex(), request.lastLogTerm());
    var reply = voteReply(node.term(), granted, false);
    if (granted) {
      node.voteFor(from);
      node.outbox().sendWhenDurable(from, reply);
    } else {
      node.outbox().send(from, reply);
    }
  }

  private Message.RequestVoteReply voteReply(long term, boolean granted, boolean preVote) {
    return new Message.RequestVoteReply(
        term, granted, preVote, node.clock().estimate(node.now()), node.wallTime());
  }

  @Override
  public final void onRequestVoteReply(int from, Message.RequestVoteReply reply) {
    boolean grantedPreVote = reply.preVote() && reply.voteGranted();
    if (!grantedPreVote && reply.term() > node.term()) {
      node.adoptTerm(reply.term());
    } else if (reply.voteGranted()) {
      onVote(from, reply);
    }
  }

  /** A vote or pre-vote was granted, in whatever term. */
  void onVote(int from, Message.RequestVoteReply reply) {}

  /**
   * An answer to an earlier term says this server's term and nothing else. The old round least of
   * all: its sender may lead this term by now, and count rounds from 1 again.
   */
  @Override
  public final void onAppendEntries(int from, Message.AppendEntries request) {
    if (request.term() < node.term()) {
      node.outbox().send(from, new Message.AppendEntriesReply(node.term(), false, 0, 0, 0, 0));
      return;
    }
    node.follow(request.term(), from).append(request);
  }

  @Override
  public final void onAppendEntriesReply(int from, Message.AppendEntriesReply reply) {
    if (reply.term() > node.term()) {
      node.adoptTerm(reply.term());
    } else if (reply.term() == node.term()) {
      onReply(from, reply);
    }
  }

  /** A follower answered, in this term. */
  void onReply(int from, Message.AppendEntriesReply reply) {}

  @Override
  public void onAcknowledged(int from, Message.Acknowledged message) {}

  @Override
  public final void onStateDigest(int from, Message.StateDigest message) {
    long incarnation = node.membership().talking(from);
    node.outbox().emit(new Effect.StateTold(from, incarnation, message));
  }

  @Override
  public void onTimeoutNow(int from, Message.TimeoutNow message) {}

  @Override
  public void onPropose(int from, Message.Propose message) {}

  @Override
  public void onReadIndex(int from, Message.ReadIndex message) {}

  @Override
  public final void onReadIndexReply(int from, Message.ReadIndexReply reply) {
    node.outbox().emit(new Effect.ReadReady(reply.readId(), reply.index()));
  }
}
