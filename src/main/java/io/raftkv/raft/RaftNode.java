package io.raftkv.raft;

import io.raftkv.base.Invariant;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One server's part in Raft: events in, effects out; no clock, no threads, no I/O.
 *
 * <p>It routes events to its {@link Role}, and keeps what outlives a role: term, vote, log, commit
 * index. Same configuration, same events, same random numbers: same effects. It is not thread-safe.
 */
public final class RaftNode implements Event.Handler {
  /** No server: a vote not given, a leader not known. */
  public static final int NOBODY = -1;

  private static final long NEVER = Long.MAX_VALUE;

  private final RaftConfig config;
  private final RandomGenerator random;
  private final RaftLog log;
  private final Membership membership;
  private final Outbox outbox;
  private final Standing standing;
  private final ClusterClock clock = new ClusterClock();
  private Role role;
  private long term;
  private int votedFor;
  private long votedIncarnation;
  private long commitIndex;
  private long appliedIndex;
  private boolean shortOfRoom;
  private long now;
  private long wallTime;
  private long plannedDeadline = NEVER;
  private Effect.RoleChanged announced;

  /**
   * @param persistent what the server remembers; it is taken over
   * @param random a source that no other server shares
   */
  public RaftNode(RaftConfig config, PersistentState persistent, RandomGenerator random) {
    this.config = config;
    this.random = random;
    log = new RaftLog(persistent.snapshot(), persistent.entries());
    membership = new Membership(config, log);
    outbox = new Outbox(persistent.term(), log.lastIndex());
    term = persistent.term();
    votedFor = persistent.votedFor();
    standing = new Standing(persistent.clusterId(), outbox, random);
    commitIndex = persistent.snapshot().map(taken -> taken.id().index()).orElse(0L);
    appliedIndex = commitIndex;
    announced = new Effect.RoleChanged(Role.Kind.FOLLOWER, term, NOBODY);
    role = new Follower(this);
  }

  /** Takes one event; changes state, but nothing leaves before {@link #flush}. */
  public void handle(Event event) {
    event.dispatch(this);
  }

  /**
   * Ends a turn: judges deadlines, and gives out what must now be done, coalesced and nothing
   * twice. To be called again after events, and when {@link #nextDeadline} has come.
   */
  public List<Effect> flush() {
    role.judgeDeadlines();
    role.flush();
    if (appliedIndex < commitIndex) {
      outbox.emit(new Effect.Apply(log.slice(appliedIndex + 1, commitIndex)));
      appliedIndex = commitIndex;
    }
    announceRole();
    plannedDeadline = role.nextDeadline();
    return outbox.drain(term, log.lastIndex(), now);
  }

  private void announceRole() {
    var current = new Effect.RoleChanged(role.kind(), term, role.leader());
    if (!current.equals(announced)) {
      announced = current;
      outbox.emit(announced);
    }
  }

  /** The monotonic millisecond at which it next needs a {@link Event.Tick} and a flush. */
  public long nextDeadline() {
    return plannedDeadline;
  }

  /** Whether this server leads. */
  public boolean isLeader() {
    return role.kind() == Role.Kind.LEADER;
  }

  /** Whether what is proposed now gets into this server's log: it leads, and hands nothing over. */
  public boolean isAccepting() {
    return role.isAccepting();
  }

  /** Whether the log should take nothing that makes it grow for good: disks are nearly full. */
  public boolean refusesGrowth() {
    return role.refusesGrowth();
  }

  /** The leader that this server knows of, or {@link #NOBODY}. */
  public int leader() {
    return role.leader();
  }

  public long term() {
    return term;
  }

  public long commitIndex() {
    return commitIndex;
  }

  /** The log, to read. */
  public RaftLog log() {
    return log;
  }

  /** The cluster's time in milliseconds, or -1 if this server has not heard of it yet. */
  public long clusterTime() {
    return clock.estimate(now);
  }

  public RaftStatus status() {
    return RaftStatus.of(this);
  }

  @Override
  public void onTick(Event.Tick tick) {
    Invariant.ordered(now, tick.monotonicMillis(), "time goes on");
    now = tick.monotonicMillis();
    wallTime = tick.wallMillis();
    if (plannedDeadline == NEVER || now - plannedDeadline > config.heartbeatMillis()) {
      role.forgiveLateness();
      plannedDeadline = role.nextDeadline();
    }
  }

  @Override
  public void onReceive(Event.Receive event) {
    boolean isAnother = membership.heard(event.from(), event.incarnation(), now);
    if (isAnother && membership.isMember(event.from())) {
      role.onPeerReset(event.from());
    }
    if (mayBeHeeded(event.from(), event.message())) {
      event.message().dispatch(event.from(), role);
    }
  }

  /**
   * Who asks for a vote or leads may be a member by entries that this server has yet to get, so
   * that is judged by term and log alone (dissertation 4.1). Nothing else of a stranger counts.
   */
  private boolean mayBeHeeded(int from, Message message) {
    if (standing.isGivenUp()) {
      return false;
    }
    return membership.isMember(from)
        || from == role.leader()
        || message instanceof Message.RequestVote
        || message instanceof Message.AppendEntries;
  }

  @Override
  public void onPropose(Event.Propose event) {
    role.propose(event.commands());
  }

  @Override
  public void onRead(Event.Read event) {
    role.read(event.readId());
  }

  @Override
  public void onExpire(Event.Expire event) {
    role.expire(event.deadline(), event.isAwaited());
  }

  @Override
  public void onWritten(Event.Written event) {
    outbox.written(event.sequence());
    role.onWritten();
  }

  @Override
  public void onLinkOpened(Event.LinkOpened event) {
    membership.heard(event.peer(), event.incarnation(), now);
    membership.heardClusterId(event.peer(), event.clusterId());
    if (membership.isMember(event.peer())) {
      role.onPeerReset(event.peer());
    }
  }

  @Override
  public void onLinkClosed(Event.LinkClosed event) {
    role.onLinkClosed(event.peer());
  }

  @Override
  public void onTransferLeadership(Event.TransferLeadership event) {
    role.transferTo(event.to());
  }

  @Override
  public void onStateContradicted(Event.StateContradicted event) {
    standing.giveUp(
        new Effect.GivenUp(standing.clusterId(), Effect.GivenUp.Reason.WRONG_STATE, event.index()));
  }

  @Override
  public void onRoomChanged(Event.RoomChanged event) {
    shortOfRoom = event.isShort();
  }

  @Override
  public void onChangeConfiguration(Event.ChangeConfiguration event) {
    role.change(event.requestId(), event.change());
  }

  /** The log keeps a tail for those that are a little behind. */
  @Override
  public void onSnapshotTaken(Event.SnapshotTaken event) {
    long tail = log.tailStart(event.snapshot().index(), config.trailingBytesMax());
    log.compact(Math.min(tail, role.neededFrom(event.snapshot().index())));
  }

  /**
   * A snapshot that reaches beyond what is committed here takes the place of the log, unless the
   * log holds all of it: then it says no more than that this much is committed. Else its last entry
   * was committed by a leader that this server may not have heard of yet, after the one it follows,
   * or after itself: whom it follows is open.
   */
  @Override
  public void onSnapshotArrived(Event.SnapshotArrived event) {
    var snapshot = event.snapshot();
    long index = snapshot.id().index();
    if (index > commitIndex && log.holds(snapshot.id())) {
      commitTo(index);
    } else if (index > commitIndex) {
      if (snapshot.id().term() > term) {
        adoptTerm(snapshot.id().term());
      }
      log.startAfter(snapshot);
      outbox.recordStartAfter(snapshot.id());
      commitIndex = index;
      appliedIndex = index;
      outbox.emit(new Effect.Restore(snapshot));
      standing.join(snapshot.configuration().clusterId());
      become(new Follower(this));
    }
  }

  @Override
  public void onSnapshotSent(Event.SnapshotSent event) {
    role.onSnapshotSent(event.to(), event.delivered());
  }

  /** What a snapshot of the state behind the entry at {@code index} stands for; it is committed. */
  public Snapshot snapshotAt(long index) {
    Invariant.ordered(index, commitIndex, "snapshots are committed state");
    var configuration = log.configurationAt(index);
    return new Snapshot(
        log.idAt(index),
        configuration.orElseGet(() -> Configuration.founding(standing.clusterId())));
  }

  /** Whether this server's disk is nearly full. */
  boolean isShortOfRoom() {
    return shortOfRoom;
  }

  RaftConfig config() {
    return config;
  }

  Membership membership() {
    return membership;
  }

  Standing standing() {
    return standing;
  }

  Outbox outbox() {
    return outbox;
  }

  ClusterClock clock() {
    return clock;
  }

  Role role() {
    return role;
  }

  long now() {
    return now;
  }

  long wallTime() {
    return wallTime;
  }

  /** Whether what {@code id} says counts towards a majority. */
  boolean counts(int id) {
    return membership.counts(id);
  }

  /** A random election deadline, from T to 2T from now (dissertation 3.4). */
  long drawElectionDeadline() {
    return now + config.electionTimeoutMillis() + draw(config.electionTimeoutMillis());
  }

  /** A random number from 0 to {@code bound - 1}. */
  int draw(int bound) {
    return random.nextInt(bound);
  }

  /** Whether it makes sense to campaign: it may lead, and its disk answers. */
  boolean mayCampaign() {
    return !standing.isGivenUp()
        && membership.mayCampaign(standing.clusterId(), commitIndex)
        && (outbox.oldestWriteSince() == NEVER
            || now - outbox.oldestWriteSince() < config.electionTimeoutMillis());
  }

  /**
   * The same candidate that asks again gets the same vote. In a cluster that is not formed nothing
   * else tells a server from another that came in its place with an empty disk, and that does not
   * know what the first has already done in this term.
   */
  boolean mayVoteFor(int candidate) {
    boolean isSame = membership.isConfigured() || votedIncarnation == membership.talking(candidate);
    return votedFor == NOBODY || (votedFor == candidate && isSame);
  }

  /** Gives this term's vote; whoever votes for another does not campaign for itself. */
  void voteFor(int candidate) {
    if (votedFor != candidate) {
      votedFor = candidate;
      votedIncarnation = membership.talking(candidate);
      outbox.recordVote(term, candidate);
    }
    if (role.kind() == Role.Kind.FOLLOWER) {
      role.forgiveLateness();
    } else {
      become(new Follower(this));
    }
  }

  /** A higher term was seen: whoever leads it is not known yet (dissertation 3.3). */
  void adoptTerm(long higher) {
    Invariant.ordered(term + 1, higher, "terms only grow");
    term = higher;
    votedFor = NOBODY;
    outbox.recordVote(term, NOBODY);
    become(role.inLaterTerm());
  }

  /** Takes the next term with its own vote in it. */
  void startTerm() {
    term++;
    votedFor = config.id();
    outbox.recordVote(term, votedFor);
  }

  /** Follows the leader of this or a higher term. */
  Follower follow(long leaderTerm, int leader) {
    if (leaderTerm > term) {
      adoptTerm(leaderTerm);
    }
    Invariant.check(!isLeader(), "one leader a term", leader, config.id());
    if (role.kind() == Role.Kind.CANDIDATE) {
      become(new Follower(this));
    }
    return ((Follower) role).follow(leader);
  }

  void become(Role next) {
    role.end();
    role = next;
    next.start();
  }

  /** Commits up to {@code index}, for ever. */
  void commitTo(long index) {
    if (index <= commitIndex) {
      return;
    }
    Invariant.ordered(index, log.lastIndex(), "no commit beyond the log");
    commitIndex = index;
    standing.join(log.committedClusterId(commitIndex));
  }
}
