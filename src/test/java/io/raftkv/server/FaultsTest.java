package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.testing.TestClient;
import io.raftkv.testing.TestCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real servers whose network is cut, whose disks are slow, and who are replaced under load. */
class FaultsTest {
  @TempDir Path path;

  @Test
  void aLeaderThatIsCutOffIsReplacedAndAnswersNothingMeanwhile() throws Exception {
    try (var cluster = new TestCluster(path, 5).startAll()) {
      int leader = cluster.awaitLeader();
      try (var inside = cluster.client(leader);
          var outside = cluster.client((leader + 1) % 5)) {
        inside.set("k", "before");

        cluster.partition(Set.of(leader));
        assertTrue(outside.set("k", "after").startsWith("OK "));
        inside.send("get k\r\n");
        assertTrue(inside.isSilentFor(500));
        cluster.heal();

        assertEquals("VALUE 5 after", inside.reply());
      }
    }
  }

  @Test
  void aMinorityThatIsCutOffDoesNotDisturbTheOthersWhenItComesBack() throws Exception {
    try (var cluster = new TestCluster(path, 5).startAll()) {
      int leader = cluster.awaitLeader();
      var island = Set.of((leader + 1) % 5, (leader + 2) % 5);
      long term = term(cluster, leader);

      cluster.partition(island);
      try (var client = cluster.client(leader)) {
        for (int i = 0; i < 20; i++) {
          assertTrue(client.set("k", "v" + i).startsWith("OK "));
        }
        cluster.heal();
        try (var other = cluster.client((leader + 1) % 5)) {
          assertEquals("v19", other.get("k"));
        }
      }
      assertEquals(leader, cluster.awaitLeader());
      assertEquals(term, term(cluster, leader));
    }
  }

  private static long term(TestCluster cluster, int id) {
    return cluster.status(id).orElseThrow().raft().term();
  }

  @Test
  void oneSlowDiskOfAFollowerCostsNothing() throws Exception {
    try (var cluster = new TestCluster(path, 3).startAll()) {
      int leader = cluster.awaitLeader();
      cluster.disk((leader + 1) % 3).slowDown(5_000);

      try (var client = cluster.client(leader)) {
        for (int i = 0; i < 100; i++) {
          assertTrue(client.set("k" + i, "v").startsWith("OK "));
        }
      }
      assertEquals(leader, cluster.awaitLeader());
      cluster.disk((leader + 1) % 3).slowDown(0);
    }
  }

  @Test
  void aLeaderWhoseDiskHangsGivesItsLeadershipAway() throws Exception {
    try (var cluster = new TestCluster(path, 3).startAll()) {
      int leader = cluster.awaitLeader();
      cluster.disk(leader).slowDown(60_000);

      try (var client = cluster.client((leader + 1) % 3)) {
        assertTrue(client.set("k", "v").startsWith("OK "));
        cluster.awaitThat(
            "another leads",
            () -> cluster.leader().isPresent() && cluster.leader().getAsInt() != leader);
        assertEquals("v", client.get("k"));
      }
      cluster.disk(leader).slowDown(0);
    }
  }

  @Test
  void nothingAcknowledgedIsLostWhileServersAreReplacedUnderLoad() throws Exception {
    try (var cluster = new TestCluster(path, 5).startAll()) {
      var acknowledged = new ConcurrentHashMap<String, String>();
      var stop = new AtomicBoolean();
      var writers = new ArrayList<Thread>();
      for (int id = 0; id < 5; id++) {
        writers.add(writer(cluster, id, acknowledged, stop));
      }
      for (int round = 0; round < 5; round++) {
        int id = round % 2 == 0 ? cluster.awaitLeader() : round;
        cluster.stop(id);
        cluster.start(id);
      }
      stop.set(true);
      for (var writer : writers) {
        writer.join();
      }

      assertTrue(acknowledged.size() > 50, acknowledged.size() + " writes");
      readBack(cluster, acknowledged);
    }
  }

  private static Thread writer(
      TestCluster cluster, int id, Map<String, String> acknowledged, AtomicBoolean stop) {
    var thread =
        new Thread(
            () -> {
              for (int i = 0; !stop.get(); i++) {
                write(cluster, id, "w" + id + "." + i, acknowledged);
              }
            });
    thread.start();
    return thread;
  }

  /** A write whose connection ends, or that is answered with an error, may count or not. */
  private static void write(
      TestCluster cluster, int id, String key, Map<String, String> acknowledged) {
    try (var client = cluster.client(id)) {
      var reply = client.set(key, "value of " + key);
      if (reply.startsWith("OK ")) {
        acknowledged.put(key, "value of " + key);
      } else {
        assertEquals("ERR_INTERNAL", reply);
      }
    } catch (IOException stopped) {
      Thread.onSpinWait();
    }
  }

  private static void readBack(TestCluster cluster, Map<String, String> acknowledged)
      throws IOException {
    try (TestClient client = cluster.client(0)) {
      for (var entry : List.copyOf(acknowledged.entrySet())) {
        assertEquals(entry.getValue(), client.get(entry.getKey()));
      }
    }
  }
}
