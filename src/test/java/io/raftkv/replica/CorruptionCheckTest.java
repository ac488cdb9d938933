package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Request;
import io.raftkv.raft.Effect;
import io.raftkv.raft.Event;
import io.raftkv.raft.Message;
import io.raftkv.raft.Message.StateDigest.Basis;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A server whose state is not what the others have come to, though its log is. */
class CorruptionCheckTest {
  private static final long SOME_PERIODS_MILLIS = 25_000;

  private static MemoryCluster started(int size) {
    var cluster = new MemoryCluster(size, 11);
    cluster.startAll();
    assertTrue(
        cluster.runUntil(
            () -> cluster.servers.stream().allMatch(s -> s.replica().status().serving()), 5_000));
    return cluster;
  }

  private static Request.Set set(String key) {
    return new Request.Set(Bytes.utf8(key), 0, Bytes.utf8("value"));
  }

  /** Lets some periods pass, in which now and then something is stored. */
  private static void live(MemoryCluster cluster) {
    for (int i = 0; i < SOME_PERIODS_MILLIS / 500; i++) {
      cluster.request(0, 1, set("key" + i));
      cluster.run(500);
    }
  }

  /** It refuses what the others take. */
  private static void spoil(MemoryServer server) {
    server.replica().store().bound(0);
  }

  private static List<Integer> givenUp(MemoryCluster cluster) {
    return cluster.servers.stream().filter(s -> !s.givenUp.isEmpty()).map(s -> s.id).toList();
  }

  @Test
  void whereAllHoldTheSameTheyTellSoNowAndThenAndNobodyGivesUp() {
    var cluster = started(3);

    live(cluster);

    for (var server : cluster.servers) {
      assertTrue(server.told.size() >= 4, "two periods, two others: " + server.told);
      assertEquals(List.of(), server.differing);
      assertEquals(cluster.servers.get(0).told.get(0), server.told.get(0));
    }
    assertEquals(List.of(), givenUp(cluster));
  }

  @Test
  void whoeverHoldsAnotherStateThanAMajorityGivesUpWhoItWas() {
    for (int wrong = 0; wrong < 3; wrong++) {
      var cluster = started(3);
      spoil(cluster.servers.get(wrong));

      live(cluster);

      assertEquals(List.of(wrong), givenUp(cluster));
      var why = cluster.servers.get(wrong).givenUp.get(0);
      assertEquals(Effect.GivenUp.Reason.WRONG_STATE, why.reason());
      assertEquals(
          cluster.servers.get((wrong + 1) % 3).replica().raft().status().clusterId(),
          why.clusterId());
      for (var server : cluster.servers) {
        boolean isWrong = server.id == wrong;
        assertEquals(isWrong, !server.differing.contains(wrong), "server " + server.id);
      }
    }
  }

  @Test
  void whoeverGaveUpSaysNothingAnyMoreAndTheOthersGoOn() {
    var cluster = started(3);
    int wrong = cluster.leader().id;
    spoil(cluster.servers.get(wrong));

    live(cluster);

    assertEquals(List.of(wrong), givenUp(cluster));
    assertFalse(cluster.leader().id == wrong, "it still leads");
    int another = (wrong + 1) % 3;
    long before = cluster.servers.get(another).replica().store().appliedIndex();
    cluster.request(another, 1, set("later"));
    cluster.run(1_000);
    assertTrue(cluster.servers.get(another).replica().store().appliedIndex() > before);
  }

  @Test
  void aMinorityThatAgreesIsWrongAllTheSame() {
    var cluster = started(5);
    spoil(cluster.servers.get(1));
    spoil(cluster.servers.get(4));

    live(cluster);

    assertEquals(List.of(1, 4), givenUp(cluster));
  }

  @Test
  void whereNoMajorityAgreesItIsOnlySaid() {
    var cluster = started(2);
    spoil(cluster.servers.get(1));

    live(cluster);

    assertEquals(List.of(), givenUp(cluster));
    assertTrue(cluster.servers.get(0).differing.contains(1));
    assertTrue(cluster.servers.get(1).differing.contains(0));
  }

  /** What both others are said to have come to, behind the entry where this server told its own. */
  private static void contradict(
      MemoryCluster cluster, int version, long incarnationOff, long digestApart, Basis basis) {
    var server = cluster.servers.get(0);
    var own = server.told.get(server.told.size() - 1);
    IntStream.of(1, 2)
        .forEach(
            other ->
                server.handle(
                    new Event.Receive(
                        other,
                        cluster.servers.get(other).disk.incarnation + incarnationOff,
                        new Message.StateDigest(
                            own.index(), own.hash() + 1 + other * digestApart, version, basis))));
    cluster.run(100);
  }

  @Test
  void onlyTheHoldersOfSeatsWhoAgreeInTheSameHashContradict() {
    var cluster = started(3);
    live(cluster);

    contradict(cluster, KvStore.DIGEST_VERSION + 1, 0, 0, Basis.CONFIRMED);
    contradict(cluster, KvStore.DIGEST_VERSION, 2, 0, Basis.CONFIRMED);
    contradict(cluster, KvStore.DIGEST_VERSION, 0, 1, Basis.CONFIRMED);
    assertEquals(List.of(), givenUp(cluster));

    contradict(cluster, KvStore.DIGEST_VERSION, 0, 0, Basis.CONFIRMED);
    assertEquals(List.of(0), givenUp(cluster));
  }

  @Test
  void aStateThatWasCopiedDoesNotCount() {
    var cluster = started(3);
    live(cluster);

    contradict(cluster, KvStore.DIGEST_VERSION, 0, 0, Basis.COPIED);
    contradict(cluster, KvStore.DIGEST_VERSION, 0, 0, Basis.OWN);

    assertEquals(List.of(), givenUp(cluster));
  }

  @Test
  void aStateIsConfirmedAPeriodAfterAMajorityHasComeToTheSame() {
    var cluster = started(3);

    live(cluster);

    for (var server : cluster.servers) {
      assertEquals(Basis.OWN, server.told.get(0).basis());
      assertEquals(Basis.CONFIRMED, server.told.get(server.told.size() - 1).basis());
    }
  }
}
