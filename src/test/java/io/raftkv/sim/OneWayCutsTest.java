package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Links that carry one way only. A leader that is not heard or does not hear must give way
 * (dissertation 6.2); a follower in either state must disturb nobody (9.6).
 */
class OneWayCutsTest {
  private static final int LOST_LEADERS = 20;

  /** An election takes one term, a split vote another. */
  private static final int TERMS_MAX = 3;

  /** One direction of a link. */
  private record Way(int from, int to) {
    /** The same with {@code server} in the place of server 0, and so on around. */
    Way turnedTo(int server) {
      return new Way((from + server) % CalmCluster.SERVERS, (to + server) % CalmCluster.SERVERS);
    }
  }

  /** What is done to a cluster, given the ways to cut in it. */
  private interface Trial {
    void run(CalmCluster cluster, List<Way> ways);
  }

  @Test
  void noSingleDirectionOfALinkUnseatsTheLeader() {
    for (var link : LinkGraph.everyLink()) {
      keepsItsLeader(List.of(new Way(link.a(), link.b())));
      keepsItsLeader(List.of(new Way(link.b(), link.a())));
    }
  }

  @Test
  void aFollowerThatHearsNobodyOrThatNobodyHearsUnseatsNoLeader() {
    for (int follower = 1; follower < CalmCluster.SERVERS; follower++) {
      keepsItsLeader(into(follower));
      keepsItsLeader(outOf(follower));
    }
  }

  @Test
  void aLeaderThatHearsNobodyIsReplaced() {
    replacesItsLeader(into(0));
  }

  @Test
  void aLeaderThatNobodyHearsIsReplaced() {
    replacesItsLeader(outOf(0));
  }

  private static List<Way> into(int server) {
    return others(server).map(other -> new Way(other, server)).toList();
  }

  private static List<Way> outOf(int server) {
    return others(server).map(other -> new Way(server, other)).toList();
  }

  private static Stream<Integer> others(int server) {
    return IntStream.range(0, CalmCluster.SERVERS).filter(other -> other != server).boxed();
  }

  private static void keepsItsLeader(List<Way> ways) {
    withSeed(
        10 * ways.get(0).from() + ways.get(0).to(),
        ways,
        (cluster, cut) -> {
          int leader = cluster.leader();
          long elections = cluster.elections();
          long term = cluster.highestTerm();

          cutAndMend(cluster, cut);

          assertEquals(leader, cluster.leader());
          assertEquals(elections, cluster.elections(), () -> "no leader changes; " + cluster);
          assertEquals(term, cluster.highestTerm(), () -> "no term is used up; " + cluster);
        });
  }

  private static void replacesItsLeader(List<Way> ways) {
    for (long seed = 1; seed <= LOST_LEADERS; seed++) {
      withSeed(
          seed,
          ways,
          (cluster, cut) -> {
            int leader = cluster.leader();
            long term = cluster.highestTerm();

            cutAndMend(cluster, cut);

            assertNotEquals(leader, cluster.leader());
            long used = cluster.highestTerm() - term;
            assertTrue(used <= TERMS_MAX, () -> used + " terms were used up; " + cluster);
          });
    }
  }

  /** A stable leader within ten timeouts, for ten more, and the same one when all is well again. */
  private static void cutAndMend(CalmCluster cluster, List<Way> ways) {
    ways.forEach(way -> cluster.cut(way.from(), way.to()));
    cluster.noticeSilence();
    cluster.run(9);
    cluster.leadsAndServes();
    long elections = cluster.elections();
    cluster.mendAll();
    assertEquals(elections, cluster.elections(), () -> "the mending unseats nobody; " + cluster);
  }

  /** Runs a trial with these ways as seen from server 0; a failure names what replays it. */
  private static void withSeed(long seed, List<Way> ways, Trial trial) {
    var cluster = CalmCluster.formed(seed, 800);
    int leader = cluster.leader();
    var turned = ways.stream().map(way -> way.turnedTo(leader)).toList();
    try {
      trial.run(cluster, turned);
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          "seed " + seed + ", leader " + leader + ", cut " + turned + ": " + failure, failure);
    }
  }
}
