package io.raftkv.raft;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import java.util.List;

/**
 * A server that answers others and waits for a leader (dissertation 3.3): it appends what the
 * leader sends, claims what is durable of it, and campaigns when it has heard no leader for too
 * long.
 */
final class Follower extends Role {
  private int leader = RaftNode.NOBODY;
  private long heardAt = Long.MIN_VALUE / 2;
  private boolean linkClosed;
  private long electionDeadline;

  /** Up to where this log is known to be the leader's, durable here or not; -1 if nothing is. */
  private long matched = -1;

  private long claimed = -1;
  private long round;
  private long repliedRound = -1;
  private long repliedAt = Long.MIN_VALUE / 2;
  private boolean owesReply;

  Follower(RaftNode node) {
    super(node);
    redrawDeadline();
  }

  private Follower(RaftNode node, long electionDeadline) {
    super(node);
    this.electionDeadline = electionDeadline;
  }

  /**
   * A later term alone is no reason to wait longer: a candidate that is refused again and again
   * could keep the one server quiet that can win.
   */
  @Override
  Follower inLaterTerm() {
    return new Follower(node, electionDeadline);
  }

  @Override
  Kind kind() {
    return Kind.FOLLOWER;
  }

  @Override
  void start() {}

  @Override
  int leader() {
    return leader;
  }

  @Override
  boolean hearsLeader() {
    return leader != RaftNode.NOBODY
        && !linkClosed
        && node.now() - heardAt < node.config().electionTimeoutMillis();
  }

  @Override
  long nextDeadline() {
    return electionDeadline;
  }

  @Override
  void forgiveLateness() {
    redrawDeadline();
  }

  /** A cluster of one has nobody to wait for. */
  private void redrawDeadline() {
    electionDeadline = node.membership().isAlone() ? node.now() : node.drawElectionDeadline();
  }

  /** Takes the leader's entries: the receiver's side of AppendEntries (dissertation 3.5). */
  void append(Message.AppendEntries request) {
    heard(request);
    if (!sharesWithLeader(request.prevLogIndex(), request.prevLogTerm())) {
      refuse(request);
      return;
    }
    for (var entry : request.entries()) {
      appendOne(entry);
    }
    long prev = request.prevLogIndex();
    matched = Math.max(matched, prev + request.entries().size());
    node.commitTo(Math.min(request.leaderCommit(), matched));
    owesReply |=
        request.entries().isEmpty()
            || request.round() > repliedRound
            || matched <= node.outbox().durableIndex();
  }

  /**
   * What lies in front of this log's start is committed, and so in every leader's log the same; if
   * a cluster is only to begin there, no leader of it has anything in front.
   */
  private boolean sharesWithLeader(long index, long term) {
    var log = node.log();
    if (index < log.startIndex()) {
      return !log.isFounding();
    }
    return index <= log.lastIndex() && log.term(index) == term;
  }

  /** What the network has held up or repeats says nothing of whether the leader still lives. */
  private void heard(Message.AppendEntries request) {
    round = Math.max(round, request.round());
    if (node.clock().hear(request.term(), request.time(), node.now())) {
      heardAt = node.now();
      linkClosed = false;
      redrawDeadline();
    }
  }

  /** Follows {@code from}, the one leader that this term can have. */
  Follower follow(int from) {
    if (leader != RaftNode.NOBODY) {
      Invariant.equal(leader, from, "one leader a term");
    }
    leader = from;
    return this;
  }

  private void refuse(Message.AppendEntries request) {
    var log = node.log();
    long hint = log.lastIndexOfTermAtMost(request.prevLogIndex(), request.prevLogTerm());
    node.outbox()
        .send(
            leader,
            new Message.AppendEntriesReply(
                node.term(),
                false,
                request.prevLogIndex(),
                hint,
                log.term(hint),
                request.round(),
                node.isShortOfRoom()));
  }

  private void appendOne(Entry entry) {
    var log = node.log();
    if (entry.index() <= log.startIndex()) {
      return;
    }
    if (entry.index() <= log.lastIndex()) {
      if (log.term(entry.index()) == entry.term()) {
        return;
      }
      Invariant.ordered(node.commitIndex() + 1, entry.index(), "committed entries stay");
      log.truncate(entry.index());
      node.outbox().recordTruncate(entry.index());
    }
    log.append(entry);
    node.outbox().recordAppend(entry);
  }

  @Override
  void judgeDeadlines() {
    if (node.now() < electionDeadline) {
      return;
    }
    if (node.mayCampaign()) {
      node.become(new Candidate(node, false));
    } else {
      electionDeadline = node.drawElectionDeadline();
    }
  }

  @Override
  void flush() {
    long claim = Math.min(matched, node.outbox().durableIndex());
    boolean due = node.now() - repliedAt >= node.config().heartbeatMillis();
    if (matched < 0 || node.outbox().durableTerm() < node.term()) {
      return;
    }
    if (owesReply || claim > claimed || (due && heardAt > repliedAt)) {
      node.outbox()
          .send(
              leader,
              new Message.AppendEntriesReply(
                  node.term(), true, claim, 0, 0, round, node.isShortOfRoom()));
      owesReply = false;
      claimed = claim;
      repliedRound = round;
      repliedAt = node.now();
    }
  }

  @Override
  void onWritten() {}

  @Override
  void propose(List<Bytes> commands) {
    if (leader != RaftNode.NOBODY) {
      node.outbox().send(leader, new Message.Propose(commands));
    }
  }

  @Override
  void read(long readId) {
    if (leader != RaftNode.NOBODY) {
      node.outbox().send(leader, new Message.ReadIndex(readId));
    }
  }

  /** A cluster that starts cold need not sit out a timeout: nobody can be leading unheard. */
  @Override
  void onPeerReset(int peer) {
    if (node.clusterTime() == Message.RequestVoteReply.NOT_HEARD) {
      campaignSoon();
    }
  }

  /** A closed link is evidence that the leader died: campaign soon, but not all at once. */
  @Override
  void onLinkClosed(int peer) {
    if (peer == leader) {
      linkClosed = true;
      campaignSoon();
    }
  }

  private void campaignSoon() {
    int spread = Math.max(1, node.config().electionTimeoutMillis() / 10);
    electionDeadline = Math.min(electionDeadline, node.now() + 1 + node.draw(spread));
  }

  @Override
  public void onAcknowledged(int from, Message.Acknowledged message) {
    boolean isMeant =
        message.term() == node.term()
            && from == leader
            && message.incarnation() == node.config().incarnation();
    boolean isThere =
        message.indexTerm() == 0
            ? message.index() <= node.log().lastIndex()
            : sharesWithLeader(message.index(), message.indexTerm());
    if (isMeant && !isThere) {
      var why = Effect.GivenUp.Reason.OLDER_COPY;
      node.standing().giveUp(new Effect.GivenUp(message.clusterId(), why, message.index()));
    }
  }

  /** The leader wants this server to lead: no pre-vote, and voters must not protect the leader. */
  @Override
  public void onTimeoutNow(int from, Message.TimeoutNow message) {
    if (message.term() == node.term() && from == leader && node.mayCampaign()) {
      node.become(new Candidate(node, true));
    }
  }
}
