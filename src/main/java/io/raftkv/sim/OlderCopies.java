package io.raftkv.sim;

import io.raftkv.raft.Effect;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.Message;
import io.raftkv.raft.RaftNode;
import java.util.Optional;

/**
 * Disks that go back to what they were before, as a machine does that is restored from a copy of
 * itself. docs/simulation.md says when one may, and what ends it: from then on the server
 * <em>owes</em> what it had promised, and nothing else is made to go wrong.
 */
final class OlderCopies {
  private static final long RESTART_AFTER = 10 * Timeline.MILLI;

  /** So many election timeouts are enough to be told in, whatever the network loses. */
  private static final long PATIENCE_TIMEOUTS = 10;

  private final World world;
  private Optional<Debt> debt = Optional.empty();
  private boolean ended;

  /** What a disk was at some moment. */
  private record Copy(SimServer server, DurableLog durable, Runnable putBack) {}

  /** What a server owes that came back with a copy. */
  private static final class Debt {
    private final SimServer server;
    private final DurableLog promised;
    private final SimServer leader;
    private final long leaderRun;
    private long givenUpAt = Long.MAX_VALUE;
    private long givenUpRun;
    private boolean isNoted;

    Debt(SimServer server, DurableLog promised, SimServer leader) {
      this.server = server;
      this.promised = promised;
      this.leader = leader;
      leaderRun = leader.run();
    }

    boolean isGivenUp() {
      return givenUpAt < Long.MAX_VALUE;
    }
  }

  OlderCopies(World world) {
    this.world = world;
  }

  /** Whether a server owes something: nothing else may go wrong. */
  boolean isUnderWay() {
    return debt.isPresent();
  }

  /** Copies the disk of this server, or of its neighbour if it leads; puts the copy back later. */
  void take(SimServer target, long lastsMicros) {
    var server =
        target.isLeader() ? world.server((target.id() + 1) % world.servers().size()) : target;
    if (server.isLogAtRest()) {
      var durable = world.observer().durable(server.id()).copy();
      server
          .log()
          .copy(world.timeline().now())
          .map(putBack -> new Copy(server, durable, putBack))
          .ifPresent(copy -> world.timeline().after(lastsMicros, () -> putBack(copy)));
    }
  }

  private void putBack(Copy copy) {
    if (ended || !isOfThisTerm(copy)) {
      return;
    }
    var leader = world.leader().filter(each -> isRemembered(copy, each));
    if (!isUnderWay() && leader.isPresent() && survivesLoss(copy.server())) {
      putBack(copy, leader.get());
    } else {
      long timeout = world.conditions().electionTimeoutMillis() * Timeline.MILLI;
      world.timeline().after(timeout, () -> putBack(copy));
    }
  }

  /** Else its time does not come any more. */
  private boolean isOfThisTerm(Copy copy) {
    var now = world.observer().durable(copy.server().id());
    return now.term() == copy.durable().term() && now.incarnation() == copy.durable().incarnation();
  }

  private void putBack(Copy copy, SimServer leader) {
    var server = copy.server();
    server.crash(true);
    copy.putBack().run();
    world.marks().see(Mark.OLDER_COPY_PUT_BACK);
    var promised = world.observer().wentBack(server, copy.durable());
    var owed = new Debt(server, promised, leader);
    debt = Optional.of(owed);
    world.timeline().after(RESTART_AFTER, server::start);
    long patience = PATIENCE_TIMEOUTS * world.conditions().electionTimeoutMillis() * Timeline.MILLI;
    world.timeline().after(patience, () -> ifOwed(owed, () -> beImpatient(owed)));
  }

  /** Whether this leader will find that entries are gone which it knows to be there. */
  private boolean isRemembered(Copy copy, SimServer leader) {
    var server = copy.server();
    var raft = leader.replica().raft();
    return leader != server
        && !leader.isPaused()
        && raft.term() == copy.durable().term()
        && raft.status().matched().getOrDefault(server.id(), 0L) > copy.durable().lastIndex()
        && areConnected(server, leader);
  }

  private boolean areConnected(SimServer server, SimServer leader) {
    return world.network().isOpen(server.id(), leader.id())
        && world.network().isOpen(leader.id(), server.id());
  }

  private boolean survivesLoss(SimServer server) {
    var seats = world.observer().seats();
    return seats.isSeated(server.id())
        && seats.survivesLoss()
        && seats.isWhole()
        && !world.isAnyDamaged();
  }

  private void ifOwed(Debt owed, Runnable action) {
    if (debt.filter(owed::equals).isPresent()) {
      action.run();
    }
  }

  private Optional<Debt> debtOf(SimServer server) {
    return debt.filter(owed -> owed.server == server);
  }

  /** Whether this server has been told, and may begin as another incarnation. */
  boolean isGivenUp(SimServer server) {
    return debtOf(server).map(Debt::isGivenUp).orElse(false);
  }

  /** On a link that carries little, what was sent before may hold up what matters. */
  private void beImpatient(Debt owed) {
    boolean isLeading =
        owed.leader.run() == owed.leaderRun
            && owed.leader.isLeader()
            && owed.leader.replica().raft().term() == owed.promised.term();
    boolean isHeard =
        owed.server.isUp()
            && !owed.server.isPaused()
            && areConnected(owed.server, owed.leader)
            && world.conditions().network().bytesPerMilli() == 0;
    Violation.unless(
        owed.isGivenUp() || !isLeading || !isHeard,
        "nobody tells server " + owed.server.id() + " that its disk is an older copy");
    takeAway(owed);
  }

  private void takeAway(Debt owed) {
    debt = Optional.empty();
    owed.server.crash(true);
    world.wipe(owed.server);
    world.timeline().after(RESTART_AFTER, owed.server::start);
  }

  /** A server writes its vote; what is planned for now comes before that is on its way. */
  void voting(SimServer server, LogRecord.Vote vote) {
    if (vote.votedFor() != RaftNode.NOBODY) {
      debtOf(server)
          .ifPresent(owed -> world.timeline().after(0, () -> ifOwed(owed, () -> takeAway(owed))));
    }
  }

  /** What a server wrote is durable. */
  void written(SimServer server) {
    debtOf(server)
        .filter(owed -> !owed.isGivenUp())
        .filter(owed -> world.observer().durable(server.id()).keepsPromisesOf(owed.promised))
        .ifPresent(owed -> debt = Optional.empty());
  }

  /** A server gives up who it was. */
  void gaveUp(SimServer server, Effect.GivenUp why) {
    var owed = debtOf(server);
    Violation.unless(
        owed.isPresent() && why.reason() == Effect.GivenUp.Reason.OLDER_COPY,
        "server " + server.id() + " gives up who it is: " + why);
    world.marks().see(Mark.OLDER_COPY_GIVEN_UP);
    owed.get().givenUpAt = world.timeline().now();
    owed.get().givenUpRun = server.run();
  }

  /** After the turn in which it was told, a server answers nobody. */
  void sending(SimServer server, Message message) {
    boolean isAnswer =
        message instanceof Message.RequestVoteReply
            || (message instanceof Message.AppendEntriesReply reply && !reply.success());
    boolean knows =
        debtOf(server)
            .map(o -> o.givenUpRun == server.run() && o.givenUpAt < world.timeline().now())
            .orElse(false);
    Violation.unless(
        !knows || !isAnswer, "server " + server.id() + " answers, and knows that it has given up");
  }

  /** It is durable that this server is not any more who it was. */
  void noted(SimServer server) {
    debtOf(server).ifPresent(owed -> owed.isNoted = true);
  }

  /**
   * A server has read its disk.
   *
   * @param isAnother whether it begins as another incarnation than before
   */
  void started(SimServer server, boolean isAnother) {
    debtOf(server)
        .ifPresent(
            owed -> {
              Violation.unless(
                  isAnother || !owed.isNoted,
                  "server " + server.id() + " starts again as who it gave up to be");
              debt = isAnother ? Optional.empty() : debt;
            });
  }

  /** The faults are over: a disk that still owes something is lost. */
  void end() {
    ended = true;
    debt.ifPresent(this::takeAway);
  }
}
