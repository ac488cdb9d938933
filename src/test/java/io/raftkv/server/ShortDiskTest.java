package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.testing.TestClient;
import io.raftkv.testing.TestCluster;
import io.raftkv.tools.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real servers whose disks say that they are nearly full. */
class ShortDiskTest {
  @TempDir Path path;

  @Test
  void leadershipGoesToAServerWithRoomAndWritesGoOn() throws Exception {
    try (var cluster = new TestCluster(path, 3).startAll()) {
      int leader = cluster.awaitLeader();
      cluster.disk(leader).pretendShort(true);

      await("another leads", () -> cluster.awaitLeader() != leader);
      try (var client = cluster.client(leader)) {
        assertTrue(client.set("k", "v").startsWith("OK "));
      }
    }
  }

  @Test
  void whereAllAreNearlyFullSetsAreRefusedAndEverythingElseGoesOnUntilThereIsRoom()
      throws Exception {
    try (var cluster = new TestCluster(path, 3).startAll();
        var client = cluster.client(1)) {
      cluster.awaitLeader();
      client.set("a", "1");
      client.set("b", "1");
      for (int id = 0; id < 3; id++) {
        cluster.disk(id).pretendShort(true);
      }

      await("sets are refused", () -> isRefused(client));
      assertEquals("1", client.get("a"));
      assertEquals("DELETED", client.send("delete b\r\n").reply());
      for (int id = 0; id < 3; id++) {
        cluster.disk(id).pretendShort(false);
      }

      await("sets are taken again", () -> !isRefused(client));
    }
  }

  private static void await(String what, Waiting.Condition condition) {
    assertTrue(Waiting.until(Duration.ofSeconds(30), condition), what);
  }

  private static boolean isRefused(TestClient client) {
    try {
      return client.set("x", "1").equals("ERR_INTERNAL");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The leader's followers hold everything; only its own disk does not answer. */
  @Test
  void aLeaderWhoseDiskHangsIsReplacedWithinThreeElectionTimeouts() throws Exception {
    try (var cluster = new TestCluster(path, 3).startAll()) {
      int leader = cluster.awaitLeader();
      try (var client = cluster.client((leader + 1) % 3)) {
        client.set("k", "before");
        cluster.disk(leader).slowDown(60_000);
        client.set("k", "after");
        await("another leads", () -> cluster.awaitLeader() != leader);
        assertTrue(client.set("k", "later").startsWith("OK "));
      } finally {
        cluster.disk(leader).slowDown(0);
      }
    }
  }
}
