package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.raft.Event;
import io.raftkv.sim.LinkGraph.Link;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One link of a calm cluster goes down and up again and again, for half a period each. Whichever it
 * is, the leader keeps a majority that it hears and that hears it, and nobody in that majority
 * grants a pre-vote. So the bound for leader changes is none at all, and a client waits for no
 * longer than its server's link is down, and a timeout.
 */
class LinkFlappingTest {
  /** In election timeouts. */
  private static final List<Double> PERIODS = List.of(0.1, 0.2, 0.5, 1.0, 2.0, 5.0);

  private static final double LASTS = 20;
  private static final double POLL = 0.1;

  /**
   * How long a client waits before it writes again: a server that was cut off lags behind if others
   * write meanwhile; if not, it could well be elected.
   */
  private static final List<Double> PAUSES = List.of(0.1, 4.0);

  @Test
  void aFlappingLinkChangesNoLeaderAndStopsNoClient() {
    forEachLink(false);
  }

  @Test
  void neitherDoesOneWhoseConnectionsBreakWheneverItIsBack() {
    forEachLink(true);
  }

  private static void forEachLink(boolean breaks) {
    var failures = new ArrayList<String>();
    long seed = 1;
    for (var link : LinkGraph.everyLink()) {
      for (double period : PERIODS) {
        for (double pause : PAUSES) {
          try {
            new Trial(++seed, link, period, pause, breaks).run();
          } catch (AssertionError | RuntimeException failure) {
            failures.add(
                "seed %d, link %s as seen from leader 0, period %s, pause %s: %s"
                    .formatted(seed, link, period, pause, failure));
          }
        }
      }
    }
    assertEquals(List.of(), failures);
  }

  /** One link and one period. */
  private static final class Trial {
    private final CalmCluster cluster;
    private final Link link;
    private final double period;
    private final double pause;
    private final boolean breaks;
    private final List<ClientOperation> writes = new ArrayList<>();
    private final long end;
    private int flaps;

    /**
     * @param ofLeader the link, as if server 0 led
     */
    Trial(long seed, Link ofLeader, double period, double pause, boolean breaks) {
      this.period = period;
      this.pause = pause;
      this.breaks = breaks;
      cluster = CalmCluster.formed(seed, 800);
      link = ofLeader.turnedTo(cluster.leader());
      end = now() + CalmCluster.micros(LASTS);
    }

    void run() {
      long elections = cluster.elections();
      long term = cluster.highestTerm();
      int leader = cluster.leader();
      down();
      cluster.world().members().forEach(this::keepWriting);

      cluster.run(LASTS + 2 * period + 2);

      assertEquals(leader, cluster.leader());
      assertEquals(elections, cluster.elections(), () -> "no leader changes; " + cluster);
      assertEquals(term, cluster.highestTerm(), () -> "no term is used up; " + cluster);
      for (var write : writes) {
        long waited = write.returnedAt() - write.invokedAt();
        assertTrue(waited <= CalmCluster.micros(period / 2 + 1), () -> "waited too long: " + write);
      }
      cluster.world().members().forEach(this::hasWritten);
    }

    private void hasWritten(int server) {
      long count = writes.stream().filter(write -> write.server() == server).count();
      assertTrue(
          count >= LASTS / (period / 2 + 1 + pause + POLL), () -> server + " wrote " + count);
    }

    private void keepWriting(int server) {
      if (now() < end) {
        var write = cluster.write(server);
        writes.add(write);
        after(pause, () -> writeAgain(write));
      }
    }

    private void writeAgain(ClientOperation write) {
      if (write.isKnown()) {
        keepWriting(write.server());
      } else {
        after(POLL, () -> writeAgain(write));
      }
    }

    private void down() {
      if (now() < end) {
        cluster.cut(link);
        int flap = ++flaps;
        after(1.5, () -> closeIfDown(flap));
        after(period / 2, this::up);
      }
    }

    /** Peers notice a silence of more than a timeout. */
    private void closeIfDown(int flap) {
      if (flap == flaps && !cluster.isOpen(link)) {
        cluster.server(link.a()).handle(new Event.LinkClosed(link.b()));
        cluster.server(link.b()).handle(new Event.LinkClosed(link.a()));
      }
    }

    private void up() {
      cluster.mend(link);
      if (breaks) {
        cluster.world().links().broken(cluster.server(link.a()), cluster.server(link.b()));
      }
      after(period / 2, this::down);
    }

    private void after(double timeouts, Runnable action) {
      cluster.world().timeline().after(CalmCluster.micros(timeouts), action);
    }

    private long now() {
      return cluster.world().timeline().now();
    }
  }
}
