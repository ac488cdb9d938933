package io.raftkv.sim;

import io.raftkv.raft.Event;
import java.util.List;
import java.util.SplittableRandom;

/** Which links open and close, and who hears of it when. */
final class Links {
  private static final long REDIAL_MICROS = 10 * Timeline.MILLI;

  private final World world;
  private final SplittableRandom random;

  Links(World world, SplittableRandom random) {
    this.world = world;
    this.random = random;
  }

  /** A server came up, or has something new to say of itself: its links open, both ways. */
  void opened(SimServer server) {
    for (var other : world.servers()) {
      if (other != server && other.isUp()) {
        openLater(server, other);
        openLater(other, server);
      }
    }
  }

  /** The link between two servers is there again, both ways. */
  void mended(SimServer one, SimServer other) {
    openLater(one, other);
    openLater(other, one);
  }

  private void openLater(SimServer dialler, SimServer acceptor) {
    long runOfDialler = dialler.run();
    long runOfAcceptor = acceptor.run();
    world
        .timeline()
        .after(
            500 + random.nextInt(5_000),
            () -> {
              if (dialler.run() == runOfDialler && acceptor.run() == runOfAcceptor) {
                open(dialler, acceptor);
              }
            });
  }

  private void open(SimServer dialler, SimServer acceptor) {
    if (dialler.isUp()
        && acceptor.isUp()
        && mayTalk(dialler.id(), acceptor.id())
        && isOpen(dialler.id(), acceptor.id())
        && isOpen(acceptor.id(), dialler.id())) {
      long clusterId = acceptor.replica().raft().status().clusterId();
      dialler.handle(new Event.LinkOpened(acceptor.id(), acceptor.incarnation(), clusterId));
    }
  }

  /** Servers that know of no cluster talk to those alone whose files name the same servers. */
  boolean mayTalk(int one, int other) {
    return world.membersOfFile(one).equals(world.membersOfFile(other))
        || world.observer().durable(one).clusterId() != 0
        || world.observer().durable(other).clusterId() != 0;
  }

  private boolean isOpen(int from, int to) {
    return world.network().isOpen(from, to);
  }

  /** A process is gone: whoever it could reach sees its connection close. */
  void died(SimServer server) {
    for (var other : world.servers()) {
      if (other != server && isOpen(server.id(), other.id())) {
        closed(server.id(), other, 100 + random.nextInt(2_000));
      }
    }
  }

  /**
   * Connections between these two break, while both live: what is under way is lost, and so is what
   * is sent before they are dialled again.
   */
  void broken(SimServer one, SimServer other) {
    world.marks().see(Mark.LINK_CLOSED);
    closed(one.id(), other, 100 + random.nextInt(5_000));
    closed(other.id(), one, 100 + random.nextInt(5_000));
    long redialled = world.timeline().now() + REDIAL_MICROS;
    world.network().lose(one.id(), other.id(), redialled);
    world.network().lose(other.id(), one.id(), redialled);
    world.timeline().at(redialled, () -> mended(one, other));
  }

  private void closed(int from, SimServer at, long after) {
    world.timeline().after(after, () -> at.handle(new Event.LinkClosed(from)));
  }

  /** A link that fell silent is noticed after a while; some networks say so at once. */
  void fellSilent(List<SimServer> servers) {
    boolean atOnce = random.nextInt(3) == 0;
    long silence = world.conditions().electionTimeoutMillis() * Timeline.MILLI;
    for (var one : servers) {
      for (var other : servers) {
        if (one != other && !isOpen(one.id(), other.id())) {
          long after = atOnce ? random.nextInt(2_000) : silence + random.nextLong(silence);
          closed(one.id(), other, after);
        }
      }
    }
  }
}
