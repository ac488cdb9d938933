package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.sim.LinkGraph.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * All 1,024 graphs of links that five servers can have, each as what is left when links are cut
 * under a leader. A graph is turned so that its server 0 is that leader: since all graphs are
 * tried, each is tried with each of its servers in this place, but for their names.
 *
 * <p>A leader needs a majority that it reaches, two others here, so 998 graphs have room for one;
 * the other 26 have no server with two links. Of those it reaches, a majority must hold no newer
 * log than its own (dissertation 3.6.1), and Raft moves no entry before it has a leader. So plain
 * Raft stands still where the only servers that reach a majority lag behind too many of it.
 */
class LinkGraphsTest {
  private static final int GRAPHS = 1_024;
  private static final int WITH_MAJORITY = 998;
  private static final int STUCK = 12;
  private static final int CALM_JITTER_MICROS = 800;
  private static final int WILD_JITTER_MICROS = 20_000;

  /** Brings a cluster into the state in which links are cut. */
  private interface Eve {
    void prepare(CalmCluster cluster);
  }

  @Test
  void everyGraphInWhichSomebodyReachesAMajorityHasAStableLeader() {
    var led = tryAll(CALM_JITTER_MICROS, cluster -> {});

    var expected = LinkGraph.all().stream().filter(LinkGraph::hasMajority).toList();
    assertEquals(expected, led);
    assertEquals(WITH_MAJORITY, led.size());
  }

  @Test
  void withWritesUnderWayWhoeverMayBeElectedLeads() {
    var led = tryAll(WILD_JITTER_MICROS, LinkGraphsTest::writesUnderWay);

    assertTrue(led.stream().allMatch(LinkGraph::hasMajority));
    assertTrue(led.size() > WITH_MAJORITY - 30, () -> "only " + led.size() + " graphs");
  }

  /**
   * Messages take up to twenty milliseconds here, so that most of this is still on its way; and the
   * old leader hears of one more write after the cut.
   */
  private static void writesUnderWay(CalmCluster cluster) {
    int leader = cluster.leader();
    for (int i = 0; i < CalmCluster.SERVERS; i++) {
      cluster.write((leader + i) % CalmCluster.SERVERS);
      cluster.run(0.004);
    }
    cluster.world().timeline().after(CalmCluster.micros(0.1), () -> cluster.write(leader));
  }

  /**
   * Server 1 alone has the last entry of leader 0 when links are cut. Left are a middle server with
   * two links, to server 1 and to another, and at most a link from the old leader to the fifth: the
   * middle one alone reaches a majority, and server 1 must not vote for it. If the fifth gets the
   * entry, too, it is even committed.
   */
  @Test
  void nobodyLeadsExactlyWhereTheOneServerThatReachesAMajorityLagsBehind() {
    var led = tryAll(CALM_JITTER_MICROS, LinkGraphsTest::oneFollowerIsAhead);

    var stuck = new ArrayList<>(LinkGraph.all().stream().filter(LinkGraph::hasMajority).toList());
    stuck.removeAll(led);
    assertEquals(
        Stream.of(
                middle(2, 3, 4), middle(2, 4, 3),
                middle(3, 2, 4), middle(3, 4, 2),
                middle(4, 2, 3), middle(4, 3, 2))
            .flatMap(List::stream)
            .collect(Collectors.toSet()),
        Set.copyOf(stuck));
    assertEquals(WITH_MAJORITY - STUCK, led.size());
  }

  /** The two graphs in which a middle server has links to server 1 and to another. */
  private static List<LinkGraph> middle(int middle, int other, int fifth) {
    var path = LinkGraph.of(Link.between(1, middle), Link.between(middle, other));
    return List.of(path, path.with(new Link(0, fifth)));
  }

  /** The leader reaches nobody but server 1 (counted from it) for its last entry. */
  private static void oneFollowerIsAhead(CalmCluster cluster) {
    int leader = cluster.leader();
    for (int i = 2; i < CalmCluster.SERVERS; i++) {
      cluster.cut(Link.between(leader, (leader + i) % CalmCluster.SERVERS));
    }
    cluster.write(leader);
    cluster.run(0.05);
  }

  /** Tries all graphs; returns those that had a stable leader, leader and all as server 0. */
  private static List<LinkGraph> tryAll(int jitterMicros, Eve eve) {
    var led = new ArrayList<LinkGraph>();
    var failures = new ArrayList<String>();
    for (var graph : LinkGraph.all()) {
      try {
        if (hasLeader(graph, jitterMicros, eve)) {
          led.add(graph);
        }
      } catch (AssertionError failure) {
        failures.add(failure.getMessage());
      }
    }
    assertEquals(List.of(), failures, () -> failures.size() + " of " + GRAPHS + " graphs failed");
    return led;
  }

  private static boolean hasLeader(LinkGraph graph, int jitterMicros, Eve eve) {
    long seed = graph.up();
    var cluster = CalmCluster.formed(seed, jitterMicros);
    var left = graph.turnedTo(cluster.leader());
    var what = "seed %d, leader %d, links left %s: ".formatted(seed, cluster.leader(), left);
    try {
      eve.prepare(cluster);
      return new GraphTrial(cluster, left).run();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(what + failure, failure);
    }
  }
}
