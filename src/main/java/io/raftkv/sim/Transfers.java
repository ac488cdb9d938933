package io.raftkv.sim;

import io.raftkv.raft.Event;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Snapshots on their way from server to server, over connections of their own: they take their
 * time, break off, and now and then an old one arrives long after.
 */
final class Transfers {
  private static final long REFUSED_AFTER = 500;

  private final World world;
  private final SplittableRandom random;
  private final Map<Way, Long> underWay = new HashMap<>();

  private record Way(int from, int to) {}

  /** Who sends to whom, as they were when it began. */
  private record Transfer(SimServer from, long fromRun, SimServer to, long toRun) {
    boolean isWhole() {
      return from.run() == fromRun && to.run() == toRun && to.isUp() && !to.isPaused();
    }
  }

  Transfers(World world, SplittableRandom random) {
    this.world = world;
    this.random = random;
  }

  /** One that is under way to this server goes on, and counts for this, too. */
  void send(SimServer from, SimServer to, long atLeast) {
    var way = new Way(from.id(), to.id());
    if (underWay.getOrDefault(way, -1L) == from.run()) {
      return;
    }
    underWay.put(way, from.run());
    world.marks().see(Mark.SNAPSHOT_SENT);
    var transfer = new Transfer(from, from.run(), to, to.run());
    var copy = newest(from);
    if (copy.isEmpty() || copy.get().snapshot().id().index() < atLeast) {
      end(transfer, REFUSED_AFTER, false);
    } else {
      start(transfer, copy.get());
    }
  }

  private Optional<SimLog.Copy> newest(SimServer server) {
    try {
      return server.log().newest(world.timeline().now());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void start(Transfer transfer, SimLog.Copy copy) {
    var network = world.conditions().network();
    int rate = network.bytesPerMilli();
    long micros = 4L * network.delayMicros() + random.nextInt(5_000);
    micros += rate == 0 ? 0 : 1_000L * copy.file().length() / rate;
    if (random.nextInt(10) == 0) {
      micros += 1_000L * random.nextInt(3 * world.conditions().electionTimeoutMillis());
    }
    world.timeline().after(micros, () -> arrive(transfer, copy));
    if (network.late() > 0 && random.nextInt(4) == 0) {
      long late = micros + 1_000L * random.nextInt(network.lateMillisMax());
      world.timeline().after(late, () -> arriveLate(transfer.to(), copy));
    }
  }

  private void arrive(Transfer transfer, SimLog.Copy copy) {
    boolean breaks = !transfer.isWhole() || !isOpen(transfer) || random.nextInt(20) == 0;
    world.marks().seeIf(breaks, Mark.TRANSFER_BROKEN);
    world.marks().seeIf(!breaks && !transfer.from().isLeader(), Mark.TRANSFER_OF_OLD_LEADER);
    if (breaks) {
      end(transfer, REFUSED_AFTER, false);
    } else if (hasNewer(transfer.to(), copy)) {
      end(transfer, REFUSED_AFTER, true);
    } else {
      transfer.to().snapshots().receive(copy, taken -> end(transfer, REFUSED_AFTER, taken));
    }
  }

  /** Nobody asks for it any more, and it says nothing new. */
  private void arriveLate(SimServer to, SimLog.Copy copy) {
    if (to.isUp() && !to.isPaused() && !hasNewer(to, copy)) {
      to.snapshots().receive(copy, taken -> {});
    }
  }

  private boolean hasNewer(SimServer server, SimLog.Copy copy) {
    long index = copy.snapshot().id().index();
    return newest(server).map(own -> own.snapshot().id().index() >= index).orElse(false);
  }

  private boolean isOpen(Transfer transfer) {
    int from = transfer.from().id();
    int to = transfer.to().id();
    return world.network().isOpen(from, to) && world.network().isOpen(to, from);
  }

  private void end(Transfer transfer, long after, boolean delivered) {
    world
        .timeline()
        .after(
            after,
            () -> {
              var way = new Way(transfer.from().id(), transfer.to().id());
              boolean isLast = underWay.remove(way, transfer.fromRun());
              if (isLast && transfer.from().run() == transfer.fromRun()) {
                transfer.from().handle(new Event.SnapshotSent(transfer.to().id(), delivered));
              }
            });
  }

  /** A receiver that dies in the middle: its sender sees the connection close. */
  void died(SimServer server) {
    for (var way : Map.copyOf(underWay).entrySet()) {
      if (way.getKey().to() == server.id()) {
        var from = world.server(way.getKey().from());
        world.timeline().after(REFUSED_AFTER, () -> broke(from, way.getKey(), way.getValue()));
      }
    }
  }

  private void broke(SimServer from, Way way, long run) {
    if (underWay.remove(way, run) && from.run() == run) {
      from.handle(new Event.SnapshotSent(way.to(), false));
    }
  }
}
