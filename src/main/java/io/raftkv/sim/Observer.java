package io.raftkv.sim;

import io.raftkv.raft.Configuration;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.Message;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.Role;
import io.raftkv.raft.Snapshot;
import io.raftkv.transport.MessageCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Sees everything that servers do and holds it against what must never happen; all that it knows is
 * from outside of them.
 */
final class Observer {
  /** So many connections whose last answer has left may still stand in line. */
  private static final int ANSWERED_LAST = 50;

  private final World world;
  private final Marks marks;
  private final Trace trace;
  private final Committed committed;
  private final FoundingJudge founding;
  private final Seats seats;
  private final MessageAudit audit;
  private final AnswerMarks answers;
  private final ClusterTime time;
  private final List<DurableLog> durable = new ArrayList<>();
  private final List<DurableLog> lost = new ArrayList<>();
  private final List<Seen> seen = new ArrayList<>();
  private final Map<Long, Integer> leaders = new HashMap<>();
  private final Map<Integer, RoleSeen> roles = new HashMap<>();
  private int lastLeader = RaftNode.NOBODY;

  /** A role that a server took. */
  private record RoleSeen(Role.Kind role, long term) {}

  /** What a server showed at its last turn. */
  private record Seen(
      long run, long term, long commit, long applied, long last, boolean leads, boolean knowsTime) {
    static Seen nothing(long run) {
      return new Seen(run, 0, 0, 0, 0, false, false);
    }
  }

  Observer(World world, Trace trace) {
    this.world = world;
    this.trace = trace;
    marks = world.marks();
    committed = new Committed(marks, world.conditions().form(), world.heritage());
    founding = new FoundingJudge(world);
    seats = new Seats(world, committed, durable);
    audit = new MessageAudit(marks, committed);
    answers = new AnswerMarks(marks);
    time = new ClusterTime(world.conditions());
    for (int i = 0; i < world.conditions().machines(); i++) {
      durable.add(new DurableLog(i));
      seen.add(Seen.nothing(0));
    }
    inherit(world.heritage());
  }

  private void inherit(Heritage heritage) {
    if (heritage.isThere()) {
      durable.get(heritage.founder()).restored(heritage.snapshot());
      time.inherit(heritage.isMortal());
    }
  }

  Trace trace() {
    return trace;
  }

  Committed committed() {
    return committed;
  }

  ClusterTime time() {
    return time;
  }

  /** Who was elected last. */
  int lastLeader() {
    return lastLeader;
  }

  /** What this server has made durable. */
  DurableLog durable(int server) {
    return durable.get(server);
  }

  /** Who is a member, and who may come to be one. */
  Seats seats() {
    return seats;
  }

  /** The server's disk is a new one. */
  void wiped(int server) {
    lost.add(durable.set(server, new DurableLog(server)));
  }

  /** The server's disk is an older copy of what it was; returns what it was. */
  DurableLog wentBack(SimServer server, DurableLog copy) {
    var later = durable.set(server.id(), copy);
    copy.remembersVotesOf(later);
    lost.add(later);
    return later;
  }

  /** What is or was durable on this server's disks. */
  List<DurableLog> disksOf(int server) {
    return Stream.concat(durable.stream(), lost.stream())
        .filter(disk -> disk.server() == server)
        .toList();
  }

  /** How the cluster came to be. */
  FoundingJudge founding() {
    return founding;
  }

  /** A server that finds that it has lost what it promised begins as another incarnation. */
  private void checkIncarnation(SimServer server, long incarnation) {
    var before = durable.get(server.id());
    if (before.incarnation() != 0 && before.incarnation() != incarnation) {
      Violation.unless(
          world.isDamaged(server.id()) || world.olderCopies().isGivenUp(server),
          "server " + server.id() + " gives up an intact log, and who it was");
      marks.seeIf(world.isDamaged(server.id()), Mark.LOST_END_SET_ASIDE);
      wiped(server.id());
      boolean wasTold = world.olderCopies().isGivenUp(server);
      durable.get(server.id()).rejoins(wasTold ? committed.clusterId() : before.clusterId());
      world.rejoins(server);
    }
  }

  void sending(SimServer server, int to, Message message) {
    trace.add(now(), server.id(), "sends to " + to, MessageCodec.size(message), message);
    audit.check(server, durable.get(server.id()), to, message);
    world.olderCopies().sending(server, message);
  }

  void writing(SimServer server, List<LogRecord> records) {
    trace.add(now(), server.id(), "writes", records.size(), records);
    durable.get(server.id()).writing(records);
    records.forEach(record -> record.dispatch(new Writing(server)));
    if (durable.get(server.id()).isVoteUnderWay()) {
      world.nemesis().voting(server);
    }
  }

  /** What a server writes, record by record. */
  private final class Writing implements LogRecord.Handler {
    private final SimServer server;

    Writing(SimServer server) {
      this.server = server;
    }

    @Override
    public void onAppend(LogRecord.Append append) {
      append.entries().forEach(committed::appended);
      append.entries().forEach(entry -> time.appended(entry, now()));
    }

    @Override
    public void onTruncateSuffix(LogRecord.TruncateSuffix cut) {
      marks.see(Mark.LOG_CUT);
      marks.seeIf(durable.get(server.id()).termsCut() > 1, Mark.LOG_CUT_TWO_TERMS);
      marks.seeIf(
          !durable.get(server.id()).configurationsBehind(cut.fromIndex() - 1).isEmpty(),
          Mark.CONFIGURATION_CUT);
      Violation.unless(
          cut.fromIndex() > seen.get(server.id()).commit(),
          "server " + server.id() + " cuts committed entries from " + cut.fromIndex());
    }

    @Override
    public void onVote(LogRecord.Vote vote) {
      founding.voting(server, vote.votedFor());
      world.olderCopies().voting(server, vote);
    }

    @Override
    public void onJoined(LogRecord.Joined joined) {
      committed.joined(server.id(), joined.clusterId());
    }

    @Override
    public void onStartAfter(LogRecord.StartAfter startAfter) {
      marks.see(Mark.SNAPSHOT_RESTORED);
    }
  }

  void written(SimServer server, int records) {
    trace.add(now(), server.id(), "has written", records, "");
    durable.get(server.id()).written(records);
    world.olderCopies().written(server);
  }

  void crashing(SimServer server) {
    trace.add(now(), server.id(), "crashes", server.run(), "");
    marks.seeIf(server.isLeader(), Mark.LEADER_CRASHED);
    marks.seeIf(durable.get(server.id()).isVoteUnderWay(), Mark.CRASHED_BEFORE_VOTE_FORCED);
  }

  void recovered(SimServer server, SimLog.Start start) {
    long incarnation = durable.get(server.id()).incarnation();
    checkIncarnation(server, start.incarnation());
    world.olderCopies().started(server, incarnation != start.incarnation());
    trace.add(now(), server.id(), "recovers", start.state().term(), start.state().entries().size());
    start
        .state()
        .snapshot()
        .ifPresent(
            known -> committed.checkSnapshot(server.id(), known.id(), start.store().store()));
    marks.seeIf(start.state().snapshot().isPresent(), Mark.STARTED_BEHIND_SNAPSHOT);
    int unforced = durable.get(server.id()).unforced();
    int installs = durable.get(server.id()).installs();
    int survived = durable.get(server.id()).recovered(start);
    marks.seeIf(durable.get(server.id()).installs() > installs, Mark.INSTALL_COMPLETED);
    marks.seeIf(survived < unforced, Mark.UNFORCED_LOST);
    marks.seeIf(survived > 0, Mark.UNFORCED_KEPT);
    long committedLast = committed.entries().size();
    long last = durable.get(server.id()).lastIndex();
    marks.seeIf(server.log().segments() > 1, Mark.SEGMENT_ROLLED);
    marks.seeIf(start.cutBytes() > 0, Mark.TAIL_CUT);
    marks.seeIf(last + 100 < committedLast, Mark.LAGGARD);
  }

  /** A snapshot is being written on this server's disk, its own or another's. */
  void savingSnapshot(SimServer server, Snapshot snapshot) {
    trace.add(now(), server.id(), "saves a snapshot", snapshot.id().index(), snapshot);
    durable.get(server.id()).savingSnapshot(snapshot.id());
  }

  /** Another server's snapshot is given to this one. */
  void arrived(SimServer server, Snapshot snapshot) {
    var raft = server.replica().raft();
    long index = snapshot.id().index();
    long last = raft.log().lastIndex();
    trace.add(now(), server.id(), "is given a snapshot", index, snapshot);
    boolean isOld = index <= raft.commitIndex();
    boolean isHeld =
        index >= raft.log().startIndex()
            && index <= last
            && raft.log().term(index) == snapshot.id().term();
    marks.seeIf(isOld, Mark.SNAPSHOT_OLD);
    marks.seeIf(!isOld && isHeld, Mark.SNAPSHOT_HELD);
    marks.seeIf(!isOld && !isHeld && last >= index, Mark.SUFFIX_DROPPED);
    marks.seeIf(!isOld && raft.status().role() == Role.Kind.CANDIDATE, Mark.RESTORED_BY_CANDIDATE);
  }

  void roleChanged(SimServer server, Role.Kind role, long term, int leader) {
    trace.add(now(), server.id(), "becomes " + role, term, leader);
    var before = roles.put(server.id(), new RoleSeen(role, term));
    marks.seeIf(
        role == Role.Kind.FOLLOWER && new RoleSeen(Role.Kind.CANDIDATE, term).equals(before),
        Mark.CANDIDATE_BEATEN);
    boolean isStranger =
        leader != RaftNode.NOBODY
            && server.replica().raft().log().configuration().map(c -> !c.has(leader)).orElse(false);
    marks.seeIf(isStranger, Mark.STRANGER_LED);
    if (role == Role.Kind.LEADER) {
      Integer other = leaders.putIfAbsent(term, server.id());
      Violation.unless(other == null, "two leaders in term " + term);
      marks.see(Mark.LEADER_ELECTED);
      lastLeader = server.id();
      if (founding.elected(server)) {
        committed.elected(server, term);
      }
      time.elected(isColdStart(server));
      world.nemesis().leaderElected(server);
    }
  }

  /** Whether, before this turn, too few had heard a stamp for any quorum to have heard one. */
  private boolean isColdStart(SimServer leader) {
    var configuration = leader.replica().raft().log().configuration();
    var voters = configuration.map(Configuration::voters).orElse(leader.members());
    long unheard = voters.stream().filter(id -> !knowsTime(world.server(id))).count();
    return 2 * unheard > voters.size();
  }

  private boolean knowsTime(SimServer server) {
    var last = seen.get(server.id());
    return last.run() == server.run() && last.knowsTime();
  }

  /** A turn is over: nothing may have gone back. */
  void turned(SimServer server) {
    var raft = server.replica().raft();
    var store = server.replica().store();
    var before = seen.get(server.id());
    var now =
        new Seen(
            server.run(),
            raft.term(),
            raft.commitIndex(),
            store.appliedIndex(),
            raft.log().lastIndex(),
            raft.isLeader(),
            raft.clusterTime() >= 0);
    trace.add(now(), server.id(), "ends a turn", now.term() * 31 + now.last(), now);
    boolean sameRun = before.run() == now.run();
    checkBacklog(server);
    checkOrder(server, sameRun ? before : Seen.nothing(now.run()), now);
    long start = raft.log().startIndex();
    marks.seeIf(start > 0, Mark.LOG_COMPACTED);
    long from = Math.max(start, sameRun ? before.commit() : 0) + 1;
    for (long index = from; index <= now.commit(); index++) {
      boolean isNew = index > committed.entries().size();
      committed.committed(server, raft.log().entry(index), durable, lost);
      if (isNew) {
        time.committed(raft.log().entry(index));
      }
    }
    if (!sameRun || before.applied() != now.applied()) {
      trace.add(now(), server.id(), "has applied", committed.applied(server), now.applied());
    }
    marks.seeIf(raft.refusesGrowth(), Mark.GROWTH_REFUSED);
    boolean isShort = server.log().weather().isShort(now());
    marks.seeIf(raft.isLeader() && isShort && !raft.isAccepting(), Mark.LEFT_SHORT_DISK);
    seen.set(server.id(), now);
    markRoles(sameRun && before.leads(), now);
  }

  /** What waits in a server is what its clients wait for, and what it has numbered. */
  private void checkBacklog(SimServer server) {
    var backlog = server.replica().backlog();
    long asked = world.clients().waitingAt(server.id());
    boolean isBounded =
        backlog.commands() <= world.conditions().bounds().unseenCommandsMax()
            && backlog.requests() <= asked + backlog.commands()
            && backlog.reads() <= asked
            && backlog.connections() <= asked + ANSWERED_LAST;
    if (!isBounded) {
      throw new Violation(
          "server " + server.id() + " keeps more than the " + asked + " asked for: " + backlog);
    }
  }

  private static void checkOrder(SimServer server, Seen before, Seen now) {
    var who = "server " + server.id() + " ";
    Violation.unless(now.term() >= before.term(), who + "goes back to an earlier term");
    Violation.unless(now.commit() >= before.commit(), who + "takes back a commit");
    Violation.unless(now.applied() >= before.applied(), who + "takes back an apply");
    if (now.applied() > now.commit() || now.commit() > now.last()) {
      throw new Violation(who + "has applied, committed and appended in another order: " + now);
    }
    Violation.unless(
        !before.leads()
            || !now.leads()
            || before.term() != now.term()
            || now.last() >= before.last(),
        who + "leads and cuts its own log");
  }

  private void markRoles(boolean led, Seen now) {
    marks.seeIf(led && !now.leads(), Mark.LEADER_STEPPED_DOWN);
    if (now.leads() && !led) {
      long leading = world.servers().stream().filter(SimServer::isLeader).count();
      marks.seeIf(leading > 1, Mark.TWO_LEADERS);
    }
  }

  void answered(int server, ClientOperation operation) {
    trace.add(now(), server, "answers", operation.connection(), operation);
    answers.see(operation, world.server(server).isLeader(), operation.leaderThen() != lastLeader);
  }

  private long now() {
    return world.timeline().now();
  }
}
