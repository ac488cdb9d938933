package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.raft.RaftNode;

/**
 * A cluster loses all links that a graph lacks. It must do what the graph and the logs allow: have
 * a stable leader within ten election timeouts, or keep still; and it must serve everybody soon
 * after the links are back.
 */
final class GraphTrial {
  /** So many terms an election may take, here and after the mending: a split vote or two. */
  private static final int TERMS_MAX = 4;

  private final CalmCluster cluster;
  private final LinkGraph graph;
  private final int leaderBefore;

  /**
   * @param cluster has formed
   * @param graph what is to be left of the links
   */
  GraphTrial(CalmCluster cluster, LinkGraph graph) {
    this.cluster = cluster;
    this.graph = graph;
    leaderBefore = cluster.leader();
  }

  /** Runs the trial; returns whether there was a stable leader while links were cut. */
  boolean run() {
    long terms = cluster.highestTerm();
    long elections = cluster.elections();
    cluster.shape(graph);
    cluster.run(3);
    int settled = cluster.committed();
    cluster.run(6);

    boolean leads = cluster.world().members().stream().anyMatch(cluster::isElectable);
    if (leads) {
      cluster.leadsAndServes();
    } else {
      keepsStill(settled);
    }
    if (!leads || graph.reachesMajority(leaderBefore)) {
      assertEquals(elections, cluster.elections(), () -> "nobody was elected; " + cluster);
      assertEquals(terms, cluster.highestTerm(), () -> "no term was used up; " + cluster);
    }
    mends(terms);
    return leads;
  }

  /** Pre-votes cost no term; what the old leader had under way has come to rest before. */
  private void keepsStill(int settled) {
    var asked = cluster.world().members().stream().map(cluster::write).toList();
    cluster.run(11);
    assertEquals(settled, cluster.committed(), () -> "nothing is committed; " + cluster);
    assertTrue(asked.stream().noneMatch(ClientOperation::isKnown), () -> asked + " unanswered");
    assertEquals(RaftNode.NOBODY, cluster.leader(), () -> "nobody leads; " + cluster);
  }

  private void mends(long terms) {
    long used = cluster.highestTerm() - terms;
    cluster.mendAll();
    long toMend = cluster.highestTerm() - terms - used;
    assertTrue(used <= TERMS_MAX, () -> used + " terms while links were cut");
    assertTrue(toMend <= TERMS_MAX, () -> toMend + " terms when links were mended");
  }
}
