package io.raftkv.sim;

import io.raftkv.raft.Change;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Configuration.Seat;
import io.raftkv.raft.Event;
import io.raftkv.replica.Replica;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Somebody who changes the configuration, and asks whoever leads to do it. */
final class SimOperator {
  private final World world;
  private long lastRequest;
  private boolean ended;

  SimOperator(World world) {
    this.world = world;
  }

  /** Nobody is asked for anything any more. */
  void end() {
    ended = true;
  }

  /** Does what the fault says, with this server where it takes one. */
  void act(Fault fault, SimServer server, SplittableRandom random) {
    switch (fault.kind()) {
      case ADD_SERVER -> add(random, fault.lastsMillis());
      case PROMOTE_SERVER -> promote(random);
      case REMOVE_SERVER -> remove(random);
      case BOUND_STORE -> bound(random);
      case WANT_SNAPSHOT -> server.act(Replica::snapshotWanted);
      default -> nonsense(server, random);
    }
  }

  /** Adds a server, and often goes on until it votes, or even leads. */
  private void add(SplittableRandom random, int pauseMillis) {
    ask(
        configuration -> {
          var strangers = world.members().stream().filter(id -> !configuration.has(id)).toList();
          if (strangers.isEmpty()) {
            return List.of();
          }
          int added = any(strangers, random);
          int steps = random.nextInt(4);
          later(steps >= 1, pauseMillis, () -> ask(c -> List.of(new Change.Promote(added))));
          later(steps >= 2, 2 * pauseMillis, () -> transfer(added));
          return List.of(new Change.AddLearner(added));
        });
  }

  private void later(boolean isPlanned, int millis, Runnable action) {
    if (isPlanned) {
      world.timeline().after(millis * Timeline.MILLI, action);
    }
  }

  private void transfer(int to) {
    if (!ended) {
      world.leader().ifPresent(leader -> leader.handle(new Event.TransferLeadership(to)));
    }
  }

  private void promote(SplittableRandom random) {
    ask(
        configuration -> {
          var learners =
              configuration.seats().stream().filter(s -> !s.isVoter()).map(Seat::id).toList();
          return learners.isEmpty()
              ? List.of()
              : List.of(new Change.Promote(any(learners, random)));
        });
  }

  /** Not while a disk is lost: with one voter fewer, too few might be left to heal that. */
  private void remove(SplittableRandom random) {
    if (world.observer().seats().isWhole()) {
      ask(
          configuration -> {
            var members = configuration.seats().stream().map(Seat::id).toList();
            return List.of(new Change.Remove(any(members, random)));
          });
    }
  }

  private void bound(SplittableRandom random) {
    boolean isBounded = random.nextInt(3) > 0;
    long bytes = isBounded ? 200 + random.nextInt(3_000) : Configuration.UNBOUNDED;
    ask(configuration -> List.of(new Change.BoundStore(bytes)));
  }

  /** Each of these is refused, or changes nothing. */
  private void nonsense(SimServer server, SplittableRandom random) {
    int member = random.nextInt(world.members().size());
    var change =
        switch (random.nextInt(4)) {
          case 0 -> new Change.AddLearner(server.id());
          case 1 -> new Change.Promote(server.id());
          case 2 -> new Change.Promote(world.members().size() + member);
          default -> new Change.BoundStore(-member);
        };
    ask(configuration -> List.of(change));
    world.server(member).handle(new Event.ChangeConfiguration(++lastRequest, change));
  }

  private static int any(List<Integer> ids, SplittableRandom random) {
    return ids.get(random.nextInt(ids.size()));
  }

  private void ask(Function<Configuration, List<Change>> changes) {
    if (!ended) {
      world.leader().ifPresent(leader -> ask(leader, changes));
    }
  }

  private void ask(SimServer leader, Function<Configuration, List<Change>> changes) {
    var configuration = leader.replica().raft().log().configuration();
    for (var change : configuration.map(changes).orElse(List.of())) {
      leader.handle(new Event.ChangeConfiguration(++lastRequest, change));
    }
  }
}
