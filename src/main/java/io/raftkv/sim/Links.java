package io.raftkv.sim;

import io.raftkv.raft.Event;
import java.util.List;
import java.util.SplittableRandom;

/** Which links open and close, and who hears of it when. */
final class Links {
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
        && isOpen(dialler.id(), acceptor.id())
        && isOpen(acceptor.id(), dialler.id())) {
      long clusterId = acceptor.replica().raft().status().clusterId();
      dialler.handle(new Event.LinkOpened(acceptor.id(), acceptor.incarnation(), clusterId));
    }
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

  /** Connections between these two break, while both live; they are dialled again. */
  void broken(SimServer one, SimServer other) {
    world.marks().see(Mark.LINK_CLOSED);
    closed(one.id(), other, 100 + random.nextInt(5_000));
    closed(other.id(), one, 100 + random.nextInt(5_000));
    world.timeline().after(10 * Timeline.MILLI, () -> mended(one, other));
  }

  private void closed(int from, SimServer at, long after) {
    world.timeline().after(after, () -> at.handle(new Event.LinkClosed(from)));
  }

  /** Who can be reached by silence alone, notices after a while. */
  void fellSilent(List<SimServer> servers) {
    for (var one : servers) {
      for (var other : servers) {
        if (one != other && !isOpen(one.id(), other.id())) {
          long silence = world.conditions().electionTimeoutMillis() * Timeline.MILLI;
          closed(one.id(), other, silence + random.nextLong(silence));
        }
      }
    }
  }
}
