package io.raftkv.raft;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The server that orders the log of its term (dissertation 3.5): it appends, sends, counts what is
 * durable where, commits, and confirms to readers that it still leads.
 */
final class Leader extends Role {
  private final Map<Integer, Progress> progress = new TreeMap<>();
  private final ReadRounds reads;
  private final Seating seating;
  private final Succession succession;
  private final long electedAt;
  private final long startTime;
  private final long firstIndex;
  private long expireIndex;

  /**
   * @param startTime the cluster's time at the election, in milliseconds
   */
  Leader(RaftNode node, long startTime) {
    super(node);
    this.startTime = startTime;
    this.electedAt = node.now();
    this.firstIndex = node.log().lastIndex() + 1;
    this.reads = new ReadRounds(node);
    this.succession = new Succession(node, progress);
    this.seating = new Seating(node, progress, firstIndex, this::configure);
    followPeers();
  }

  private void followPeers() {
    for (int peer : node.membership().peers()) {
      long talking = node.membership().talking(peer);
      long next = node.log().lastIndex() + 1;
      progress.computeIfAbsent(peer, id -> new Progress(node.log(), talking, next, node.now()));
    }
  }

  private void configure(Configuration configuration) {
    var before = node.membership().inForce();
    // Whoever had that id before, nothing is known of a server that becomes a member.
    progress.keySet().removeIf(id -> configuration.has(id) && !before.has(id));
    append(Entry.Kind.CONFIGURATION, configuration.encode());
    followPeers();
  }

  @Override
  Kind kind() {
    return Kind.LEADER;
  }

  /**
   * Appends the entry that tells this leader what is committed (dissertation 6.4); in a cluster
   * without a configuration, the one that forms it.
   */
  @Override
  void start() {
    var membership = node.membership();
    if (membership.isConfigured()) {
      append(Entry.Kind.EMPTY, Bytes.EMPTY);
    } else {
      append(Entry.Kind.CONFIGURATION, membership.asFirst(node.standing().newClusterId()).encode());
    }
  }

  @Override
  int leader() {
    return node.config().id();
  }

  @Override
  boolean hearsLeader() {
    return true;
  }

  private void append(Entry.Kind kind, Bytes command) {
    var entry = new Entry(node.log().lastIndex() + 1, node.term(), stamp(), kind, command);
    node.log().append(entry);
    node.outbox().recordAppend(entry);
  }

  /** The cluster's time now, which this leader tells everybody and so hears itself. */
  private long stamp() {
    long stamp = Math.max(node.log().lastTime(), startTime + (node.now() - electedAt));
    node.clock().hear(node.term(), stamp, node.now());
    return stamp;
  }

  @Override
  boolean isAccepting() {
    return !succession.isUnderWay();
  }

  @Override
  void onLinkClosed(int peer) {
    Optional.ofNullable(progress.get(peer)).ifPresent(Progress::hungUp);
  }

  @Override
  void change(long requestId, Change change) {
    seating.change(requestId, change);
  }

  @Override
  Map<Integer, Long> matched() {
    var matched = new TreeMap<Integer, Long>();
    progress.forEach((id, peer) -> matched.put(id, peer.matchIndex()));
    matched.put(node.config().id(), node.outbox().durableIndex());
    return matched;
  }

  @Override
  void end() {
    seating.abandon();
  }

  @Override
  void propose(List<Bytes> commands) {
    if (isAccepting()) {
      commands.forEach(command -> append(Entry.Kind.COMMAND, command));
    }
  }

  @Override
  public void onPropose(int from, Message.Propose message) {
    propose(message.commands());
  }

  @Override
  void read(long readId) {
    reads.add(node.config().id(), readId, readFloor());
  }

  @Override
  public void onReadIndex(int from, Message.ReadIndex message) {
    reads.add(from, message.readId(), readFloor());
  }

  private long readFloor() {
    return Math.max(Math.max(node.commitIndex(), firstIndex), expireIndex);
  }

  /**
   * Lets the log say that {@code deadline} has come, by an empty entry if nothing else will, and
   * answers no read below that. Unless a read waits for it, never a second such entry before the
   * first is committed.
   */
  @Override
  void expire(long deadline, boolean isAwaited) {
    boolean isUnderWay = expireIndex > node.commitIndex() && !isAwaited;
    if (stamp() < deadline || isUnderWay) {
      return;
    }
    if (node.log().lastTime() < deadline) {
      append(Entry.Kind.EMPTY, Bytes.EMPTY);
    }
    expireIndex = node.log().lastIndex();
  }

  @Override
  void onReply(int from, Message.AppendEntriesReply reply) {
    var peer = progress.get(from);
    if (peer == null) {
      return;
    }
    peer.heard(reply.round(), reply.shortOfRoom(), node.now());
    if (reply.success()) {
      long last = node.log().lastIndex();
      Invariant.ordered(reply.matchIndex(), last, "leader completeness");
      peer.accepted(reply.matchIndex(), node.now(), node.config());
      commit();
    } else {
      remind(from, peer, reply);
      peer.refused(reply.matchIndex(), reply.hintIndex(), reply.hintTerm());
    }
    confirmReads();
    succession.goOn();
  }

  /**
   * Unless it is an old one, a refusal of what was acknowledged, or one whose hint lies before
   * that, means that entries are gone.
   */
  private void remind(int to, Progress peer, Message.AppendEntriesReply refusal) {
    long match = peer.matchIndex();
    if (Math.min(refusal.matchIndex() - 1, refusal.hintIndex()) < match) {
      long term = match < node.log().startIndex() ? 0 : node.log().term(match);
      long cluster = node.membership().inForce().clusterId();
      long whose = peer.incarnation();
      node.outbox().send(to, new Message.Acknowledged(node.term(), cluster, whose, match, term));
    }
  }

  private void confirmReads() {
    reads.confirm(node.membership().inForce().quorumValue(this::confirmedRound));
  }

  private Progress progressOf(int id) {
    var known = progress.get(id);
    if (known == null) {
      throw new IllegalStateException("server " + id + " has a seat, but no progress");
    }
    return known;
  }

  private long confirmedRound(int id) {
    if (id == node.config().id()) {
      return node.counts(id) ? Long.MAX_VALUE : -1;
    }
    return node.counts(id) ? progressOf(id).round() : -1;
  }

  /** Commits by counting, but only an entry of this term (dissertation 3.6.2). */
  private void commit() {
    long majority = node.membership().inForce().quorumValue(this::durableIndex);
    if (majority > node.commitIndex() && node.log().term(majority) == node.term()) {
      node.commitTo(majority);
    }
  }

  private long durableIndex(int id) {
    if (!node.counts(id)) {
      return 0;
    }
    return id == node.config().id() ? node.outbox().durableIndex() : progressOf(id).matchIndex();
  }

  @Override
  void onWritten() {
    commit();
  }

  @Override
  void onPeerReset(int peer) {
    var known = progress.get(peer);
    if (known != null) {
      known.reset(node.membership().talking(peer), node.now());
    }
  }

  @Override
  long nextDeadline() {
    long deadline = Math.min(succession.deadline(), quorumHeardAt() + timeout());
    if (waitsOnlyForOwnDisk()) {
      deadline = Math.min(deadline, node.outbox().oldestWriteSince() + timeout());
    }
    for (var peer : progress.values()) {
      deadline = Math.min(deadline, peer.heartbeatAt(node.config()));
      deadline = Math.min(deadline, peer.snapshotRetryAt());
    }
    return deadline;
  }

  private int timeout() {
    return node.config().electionTimeoutMillis();
  }

  @Override
  void judgeDeadlines() {
    succession.judge();
    if (node.now() - quorumHeardAt() >= timeout()) {
      node.become(new Follower(node));
    } else if (waitsOnlyForOwnDisk()
        && node.now() - node.outbox().oldestWriteSince() >= timeout()) {
      succession.handOver();
      node.become(new Follower(node));
    }
  }

  /** When a majority, this server included, was last heard (dissertation 6.2). */
  private long quorumHeardAt() {
    return node.membership()
        .inForce()
        .quorumValue(
            id ->
                id == node.config().id()
                    ? node.now()
                    : node.counts(id) ? progressOf(id).heardAt() : electedAt);
  }

  /** Whether the others could go on, and only this server's disk does not answer. */
  private boolean waitsOnlyForOwnDisk() {
    var outbox = node.outbox();
    return outbox.oldestWriteSince() != NEVER
        && outbox.oldestWriteIndex() <= node.commitIndex()
        && !progress.isEmpty();
  }

  @Override
  void forgiveLateness() {}

  @Override
  void flush() {
    seating.flush();
    succession.leaveShortDisk();
    long round = reads.startRound();
    confirmReads();
    long time = stamp();
    for (var peer : progress.entrySet()) {
      sendSnapshotIfNeeded(peer.getKey(), peer.getValue());
      if (peer.getValue().isDue(node.commitIndex(), round, node.now(), node.config())) {
        send(peer.getKey(), peer.getValue(), round, time);
      }
    }
    forgetRemoved();
  }

  /**
   * Whoever was removed has been told so, if it listens. A leader that was removed itself has led
   * until then, without counting itself (dissertation 4.2.2).
   */
  private void forgetRemoved() {
    if (node.commitIndex() < node.log().configurationIndex()) {
      return;
    }
    progress.keySet().removeIf(id -> !node.membership().isMember(id));
    succession.judge();
    if (!node.membership().isMember(node.config().id())) {
      succession.handOver();
      node.become(new Follower(node));
    }
  }

  private void sendSnapshotIfNeeded(int to, Progress peer) {
    if (peer.isSnapshotDue(node.now())) {
      node.outbox().emit(new Effect.SendSnapshot(to, node.log().startIndex()));
      peer.snapshotStarted();
    }
  }

  @Override
  void onSnapshotSent(int to, boolean delivered) {
    var peer = progress.get(to);
    if (peer != null) {
      peer.snapshotEnded(delivered, node.now() + timeout());
    }
  }

  /** A snapshot that has gone out is worth nothing once the log behind it is gone. */
  @Override
  long neededFrom(long snapshotIndex) {
    long needed = snapshotIndex;
    for (var peer : progress.values()) {
      needed = Math.min(needed, peer.neededFrom(snapshotIndex));
    }
    long affordable = node.log().tailStart(node.log().lastIndex(), node.config().keptBytesMax());
    return Math.max(needed, affordable);
  }

  private void send(int to, Progress peer, long round, long time) {
    do {
      var log = node.log();
      long prev = peer.previousIndex();
      var entries =
          peer.hasRoom(node.config())
              ? log.sliceUpTo(prev + 1, peer.roomBytes(node.config()))
              : List.<Entry>of();
      node.outbox()
          .send(
              to,
              new Message.AppendEntries(
                  node.term(), prev, log.term(prev), entries, node.commitIndex(), round, time));
      peer.sent(entries, node.commitIndex(), round, node.now());
    } while (peer.hasRoom(node.config()));
  }

  @Override
  void transferTo(int peer) {
    succession.begin(peer);
  }

  /** What grows must fit on this disk, and on those of a majority. */
  @Override
  boolean refusesGrowth() {
    return node.isShortOfRoom() || !node.membership().inForce().isQuorum(this::hasRoom);
  }

  private boolean hasRoom(int id) {
    return id == node.config().id() || !progressOf(id).isShortOfRoom();
  }
}
