package io.raftkv.sim;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Request;
import io.raftkv.raft.Change;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Event;
import io.raftkv.replica.Backlog;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The end of a run: faults are over for a random core of servers that is a majority; within bounded
 * time it must elect, answer and agree, whatever the others do or do not do.
 */
final class Recovery {
  private final World world;
  private final SplittableRandom random;
  private final List<SimServer> core = new ArrayList<>();
  private final List<ClientOperation> probes = new ArrayList<>();
  private int probed;

  Recovery(World world, SplittableRandom random) {
    this.world = world;
    this.random = random;
  }

  /** Ends the faults and waits for the core to serve; throws {@link Violation} if it does not. */
  void run() {
    world.nemesis().end();
    world.clients().end();
    world.network().calmDown();
    world.servers().forEach(each -> each.log().weather().clear());
    chooseCore();
    world.servers().forEach(this::settle);
    waitFor("a leader, and everybody serving", this::isServing, 40);
    waitFor("a store without a bound", this::isUnbounded, 20);
    probe();
    waitFor("an answer to each request", this::isAnswered, 60);
    waitFor("an end of all that waits", this::isIdle, 20);
    waitFor("the same state everywhere", this::isEqual, 20);
    waitFor("newcomers that have caught up", this::isAllServing, 300);
  }

  /**
   * A majority in whatever configuration may come to be in force; a cluster that has not formed
   * needs all. Learners and further voters may be well, too.
   */
  private void chooseCore() {
    var configurations = world.observer().seats().configurations();
    if (configurations.isEmpty()) {
      core.addAll(world.servers().subList(0, world.conditions().servers()));
      return;
    }
    var left = new ArrayList<>(world.servers());
    left.removeIf(server -> configurations.stream().noneMatch(c -> c.has(server.id())));
    while (!configurations.stream().allMatch(this::isMajority)
        || (!left.isEmpty() && random.nextBoolean())) {
      core.add(left.remove(random.nextInt(left.size())));
    }
  }

  private boolean isMajority(Configuration configuration) {
    return configuration.isQuorum(
        id ->
            core.contains(world.server(id))
                && !world.isDamaged(id)
                && configuration.seats(id, world.observer().durable(id).incarnation()));
  }

  private void settle(SimServer server) {
    if (core.contains(server)) {
      server.resume();
      server.start();
    } else {
      disturb(server);
    }
    for (var other : core) {
      if (other != server) {
        world.links().mended(server, other);
      }
    }
  }

  /** What is left of the others must not keep the core from serving. */
  private void disturb(SimServer server) {
    switch (random.nextInt(4)) {
      case 0 -> server.crash(true);
      case 1 -> server.pause();
      case 2 -> deafen(server);
      default -> {
        server.resume();
        server.log().weather().hangUntil(Long.MAX_VALUE / 2);
      }
    }
  }

  /** It speaks, and hears nobody. */
  private void deafen(SimServer server) {
    server.resume();
    for (var other : core) {
      world.network().cut(other.id(), server.id(), true);
    }
    world.links().fellSilent(world.servers());
  }

  private boolean isServing() {
    return world.servers().stream().anyMatch(each -> each.isLeader() && !each.isPaused())
        && members().allMatch(each -> each.isUp() && each.replica().status().serving());
  }

  /** Those of the core that count; the others may have the whole log to catch up with. */
  private Stream<SimServer> members() {
    return core.stream().filter(each -> world.observer().seats().isSeated(each.id()));
  }

  private boolean isAllServing() {
    return core.stream()
        .filter(each -> world.observer().seats().isMember(each.id()))
        .allMatch(each -> each.isUp() && each.replica().status().serving());
  }

  /** A full store could not be probed; an old leader's bound may come back to light. */
  private boolean isUnbounded() {
    var configuration = world.observer().committed().configuration().orElseThrow();
    boolean isUnbounded = configuration.storeBytesMax() == Configuration.UNBOUNDED;
    if (!isUnbounded) {
      var change = new Change.BoundStore(Configuration.UNBOUNDED);
      world.leader().ifPresent(each -> each.handle(new Event.ChangeConfiguration(0, change)));
    }
    return isUnbounded;
  }

  private void probe() {
    probes.clear();
    for (var server : members().toList()) {
      long connection = -1L - server.id();
      var key = Bytes.utf8("probe" + server.id());
      probes.add(
          world
              .clients()
              .ask(
                  server.id(),
                  connection,
                  new Request.Set(key, 0, Bytes.utf8("alive" + ++probed))));
      probes.add(world.clients().ask(server.id(), connection, new Request.Get(key)));
    }
  }

  /** A request that was given up while there was no leader is asked again. */
  private boolean isAnswered() {
    boolean isKnown = isUnbounded() && probes.stream().allMatch(ClientOperation::isKnown);
    if (!isKnown && probes.stream().allMatch(probe -> probe.reply().isPresent())) {
      probe();
    }
    return isKnown && members().allMatch(each -> world.clients().waitingAt(each.id()) == 0);
  }

  /** Nothing is kept that nobody waits for. */
  private boolean isIdle() {
    var nothing = new Backlog(0, 0, 0, 0);
    return members().allMatch(each -> each.replica().backlog().equals(nothing));
  }

  private boolean isEqual() {
    long last = world.observer().committed().entries().size();
    return members().allMatch(each -> each.replica().store().appliedIndex() == last);
  }

  private static String describe(SimServer server) {
    return "server " + server.id() + (server.isUp() ? " " + server.replica().status() : " is down");
  }

  private void waitFor(String what, java.util.function.BooleanSupplier condition, int timeouts) {
    long timeout = world.conditions().electionTimeoutMillis() * Timeline.MILLI;
    long end = world.timeline().now() + timeouts * timeout;
    while (!condition.getAsBoolean()) {
      if (world.timeline().now() >= end) {
        throw new Violation(
            "a healthy majority did not come to %s within %d election timeouts: %s"
                .formatted(what, timeouts, core.stream().map(Recovery::describe).toList()));
      }
      world.timeline().runUntil(world.timeline().now() + timeout / 20);
    }
  }
}
