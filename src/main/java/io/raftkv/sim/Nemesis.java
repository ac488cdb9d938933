package io.raftkv.sim;

import io.raftkv.raft.Event;
import io.raftkv.raft.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** Makes the planned faults happen, and mends them when they have lasted. */
final class Nemesis {
  private final World world;
  private final SimOperator operator;
  private final Strays strays;
  private Optional<Awaited> nextLeader = Optional.empty();
  private Optional<Awaited> nextVoter = Optional.empty();
  private boolean ended;
  private boolean wiped;

  /** A fault that waits for its moment. */
  private record Awaited(Fault fault, SplittableRandom random, long until) {}

  Nemesis(World world) {
    this.world = world;
    operator = new SimOperator(world);
    strays = new Strays(world);
  }

  void plan(List<Fault> faults) {
    for (var fault : faults) {
      world.timeline().at(fault.at() * Timeline.MILLI, () -> strike(fault));
    }
  }

  /** Nothing new goes wrong; what was planned to be mended still is. */
  void end() {
    ended = true;
    operator.end();
    world.olderCopies().end();
  }

  private void strike(Fault fault) {
    if (ended || world.olderCopies().isUnderWay()) {
      return;
    }
    var server = target(fault);
    var random = new SplittableRandom(fault.detail());
    world.observer().trace().add(world.timeline().now(), server.id(), "fault", fault.at(), fault);
    switch (fault.kind()) {
      case CRASH -> crash(server, fault, random);
      case CRASH_ALL -> crashAll(fault, random);
      case CRASH_NEXT_LEADER -> nextLeader = await(fault, random);
      case CRASH_NEXT_VOTER -> nextVoter = await(fault, random);
      case CRASH_AT_OPERATION -> crashAtOperation(server, fault, random);
      case PAUSE -> pause(server, fault);
      case PAUSE_ALL -> world.servers().forEach(each -> pause(each, fault));
      case ISOLATE -> cut(fault, (a, b) -> a == server.id() || b == server.id());
      case HALVES -> halves(fault, random);
      case ONE_WAY -> cut(fault, (a, b) -> random.nextInt(4) == 0);
      case MUTE -> cut(fault, (a, b) -> a == server.id());
      case DEAFEN -> cut(fault, (a, b) -> b == server.id());
      case BRIDGE -> bridge(server, fault, random);
      case STAR -> cut(fault, (a, b) -> a != server.id() && b != server.id());
      case FLAP -> flap(server, fault, random);
      case SWIZZLE -> swizzle(fault, random);
      case BREAK_LINKS -> breakLinks(random);
      case HANG_DISK -> hang(server, fault);
      case FILL_DISK -> fill(server, fault, random);
      case FAIL_DISK -> failDisk(server, random);
      case FLIP_BIT -> damage(server, fault, random, SimLog::flipBit);
      case LOSE_WRITE -> damage(server, fault, random, SimLog::loseWrite);
      case OLDER_COPY -> world.olderCopies().take(server, fault.lastsMillis() * Timeline.MILLI);
      case WIPE -> wipe(server, fault);
      case JUMP_CLOCK -> jump(server, random);
      case TRANSFER -> transfer(random);
      case ADD_SERVER, PROMOTE_SERVER, REMOVE_SERVER, BOUND_STORE, WANT_SNAPSHOT, NONSENSE ->
          operator.act(fault, server, random);
      case STRAY -> strays.say(server, random);
    }
  }

  private SimServer target(Fault fault) {
    int servers = world.servers().size();
    var fallback = world.server((int) (fault.detail() % servers));
    return fault.target() == Fault.LEADER
        ? world.leader().orElse(fallback)
        : world.server(fault.target() % servers);
  }

  private long mendedAt(Fault fault) {
    return world.timeline().now() + fault.lastsMillis() * Timeline.MILLI;
  }

  private void mend(Fault fault, Runnable action) {
    world.timeline().at(mendedAt(fault), action);
  }

  private void crash(SimServer server, Fault fault, SplittableRandom random) {
    server.crash(Chance.happens(random, world.conditions().disk().powerLoss()));
    markDown();
    mend(fault, server::start);
  }

  private void markDown() {
    long up = world.servers().stream().filter(SimServer::isUp).count();
    world.marks().seeIf(up == 0, Mark.ALL_DOWN);
    world.marks().seeIf(up * 2 <= world.servers().size(), Mark.MINORITY_UP);
  }

  private void crashAll(Fault fault, SplittableRandom random) {
    boolean power = random.nextBoolean();
    for (var server : world.servers()) {
      server.crash(power);
      world.timeline().at(mendedAt(fault) + random.nextInt(100_000), server::start);
    }
    markDown();
  }

  /** Somebody was elected: the one moment in which a fault may wait for it. */
  void leaderElected(SimServer server) {
    nextLeader = crashIfAwaited(nextLeader, server);
  }

  /** Somebody writes its vote. */
  void voting(SimServer server) {
    nextVoter = crashIfAwaited(nextVoter, server);
  }

  private Optional<Awaited> crashIfAwaited(Optional<Awaited> awaited, SimServer server) {
    boolean now = awaited.isPresent() && world.timeline().now() <= awaited.get().until();
    if (now && !ended) {
      var random = awaited.get().random();
      world
          .timeline()
          .after(random.nextInt(3_000), () -> crash(server, awaited.get().fault(), random));
      return Optional.empty();
    }
    return awaited;
  }

  private Optional<Awaited> await(Fault fault, SplittableRandom random) {
    return Optional.of(new Awaited(fault, random, mendedAt(fault)));
  }

  private void crashAtOperation(SimServer server, Fault fault, SplittableRandom random) {
    long thisRun = server.run();
    server
        .log()
        .weather()
        .atOperation(
            server.log().operations() + 1 + random.nextInt(12),
            time ->
                world
                    .timeline()
                    .at(
                        time,
                        () -> {
                          if (server.run() == thisRun && !ended) {
                            crash(server, fault, random);
                          }
                        }));
  }

  private void pause(SimServer server, Fault fault) {
    boolean leads = server.isLeader();
    world.observer().time().paused(fault.lastsMillis());
    server.pause();
    mend(
        fault,
        () -> {
          world.marks().seeIf(leads && server.isPaused(), Mark.LEADER_PAUSED);
          server.resume();
        });
  }

  /** Cuts each direction of a link for which {@code cut} says so. */
  private void cut(Fault fault, BiPredicate<Integer, Integer> cut) {
    var links = new ArrayList<int[]>();
    for (int from : world.members()) {
      for (int to : world.members()) {
        if (from != to && cut.test(from, to)) {
          links.add(new int[] {from, to});
          world.network().cut(from, to, true);
        }
      }
    }
    world.links().fellSilent(world.servers());
    mend(fault, () -> mendLinks(links));
  }

  /** Once the faults have ended, which links are cut is for the recovery to say. */
  private void mendLinks(List<int[]> links) {
    for (var link : links) {
      cut(link[0], link[1], false);
      world.links().mended(world.server(link[0]), world.server(link[1]));
    }
  }

  private void cut(int from, int to, boolean isCut) {
    if (!ended) {
      world.network().cut(from, to, isCut);
    }
  }

  private void halves(Fault fault, SplittableRandom random) {
    int sides = random.nextInt(1 << world.servers().size());
    cut(fault, (a, b) -> (sides >> a & 1) != (sides >> b & 1));
  }

  private void bridge(SimServer server, Fault fault, SplittableRandom random) {
    int sides = random.nextInt(1 << world.servers().size());
    cut(
        fault,
        (a, b) -> a != server.id() && b != server.id() && (sides >> a & 1) != (sides >> b & 1));
  }

  private void flap(SimServer server, Fault fault, SplittableRandom random) {
    int other = random.nextInt(world.servers().size());
    if (other != server.id()) {
      flip(server.id(), other, random, mendedAt(fault));
    }
  }

  private void flip(int one, int other, SplittableRandom random, long end) {
    boolean over = ended || world.timeline().now() >= end;
    boolean isCut = !over && world.network().isOpen(one, other);
    cut(one, other, isCut);
    cut(other, one, isCut);
    if (!isCut) {
      world.links().mended(world.server(one), world.server(other));
    }
    if (!over) {
      int micros = 1 + random.nextInt(world.conditions().electionTimeoutMillis() * 1_000);
      world.timeline().after(micros, () -> flip(one, other, random, end));
    }
  }

  /** After FoundationDB's swizzle-clogging, which finds what a clean cut does not. */
  private void swizzle(Fault fault, SplittableRandom random) {
    for (var server : world.servers()) {
      if (random.nextBoolean()) {
        int from = random.nextInt(fault.lastsMillis());
        int lasts = 1 + random.nextInt(fault.lastsMillis());
        var part = new Fault(fault.at() + from, Fault.Kind.ISOLATE, server.id(), lasts, 0);
        world.timeline().after(from * Timeline.MILLI, () -> strike(part));
      }
    }
  }

  private void breakLinks(SplittableRandom random) {
    for (var one : world.servers()) {
      for (var other : world.servers()) {
        if (one.id() < other.id() && random.nextBoolean()) {
          world.links().broken(one, other);
        }
      }
    }
  }

  /** Some disks say long before that they will be full, and some are full at once. */
  private void fill(SimServer server, Fault fault, SplittableRandom random) {
    boolean isFullAtOnce = random.nextInt(3) == 0;
    long begin = world.timeline().now();
    long end = mendedAt(fault);
    server.log().weather().fill(isFullAtOnce ? begin : random.nextLong(begin, end), end);
    boolean allAreShort = random.nextInt(3) == 0;
    if (allAreShort) {
      world.servers().forEach(each -> each.log().weather().fill(end, end));
    }
  }

  private void hang(SimServer server, Fault fault) {
    server.log().weather().hangUntil(mendedAt(fault));
    world
        .marks()
        .seeIf(
            fault.lastsMillis() > 2 * world.conditions().electionTimeoutMillis(), Mark.DISK_HUNG);
  }

  private void failDisk(SimServer server, SplittableRandom random) {
    if (server.isUp()) {
      server.log().weather().failAt(server.log().operations() + 1 + random.nextInt(20));
    }
  }

  /** In a log that is not at rest, damage to the last batch looks like a torn write. */
  private void damage(
      SimServer server,
      Fault fault,
      SplittableRandom random,
      Function<SimLog, Optional<Runnable>> damage) {
    boolean atRest = server.isLogAtRest();
    boolean isBearable = world.observer().seats().survivesLoss() && isWholeAndIntact();
    server.crash(random.nextBoolean());
    if (atRest && isBearable) {
      world.damage(server, damage);
    }
    mend(fault, server::start);
  }

  /** Whether a server may lose what it promised: no other has, or may find that it has. */
  private boolean isWholeAndIntact() {
    return world.observer().seats().isWhole() && !world.isAnyDamaged();
  }

  /**
   * A cluster survives that with a minority only, so it happens when everybody holds a seat. A new
   * machine's clock may be wrong, too: then the server's lives are numbered lower than before. A
   * state that only this disk may hold is not lost.
   */
  private void wipe(SimServer server, Fault fault) {
    boolean isOnlyCopy = server.id() == world.heritage().founder();
    boolean isFirst = !wiped && !isOnlyCopy && world.observer().seats().configurations().isEmpty();
    if (world.observer().seats().survivesLoss() && (isFirst || isWholeAndIntact())) {
      world.marks().seeIf(wiped, Mark.WIPED_AFTER_HEALING);
      wiped = true;
      server.crash(true);
      world.wipe(server);
      if (fault.detail() % 2 == 0) {
        server.clock().jump(-3_600_000);
      }
    }
    mend(fault, server::start);
  }

  private void jump(SimServer server, SplittableRandom random) {
    world.marks().see(Mark.CLOCK_JUMPED);
    server.clock().jump(random.nextLong(-3_600_000, 3_600_000));
  }

  private void transfer(SplittableRandom random) {
    int to = random.nextInt(world.servers().size());
    world
        .leader()
        .filter(leader -> leader.id() != to)
        .ifPresent(
            leader -> {
              leader.handle(new Event.TransferLeadership(to));
              awaitTransfer(to, leader.replica().raft().term());
            });
  }

  private void awaitTransfer(int to, long term) {
    world
        .timeline()
        .after(
            world.conditions().electionTimeoutMillis() * Timeline.MILLI / 2,
            () -> {
              var server = world.server(to);
              world
                  .marks()
                  .seeIf(
                      server.isUp()
                          && server.replica().raft().status().role() == Role.Kind.LEADER
                          && server.replica().raft().term() == term + 1,
                      Mark.LEADERSHIP_TRANSFERRED);
            });
  }
}
