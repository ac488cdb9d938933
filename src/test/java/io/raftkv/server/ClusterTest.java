package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.config.Options;
import io.raftkv.kv.KvStore;
import io.raftkv.storage.SnapshotFiles;
import io.raftkv.storage.StorageOptions;
import io.raftkv.testing.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clusters of real servers that are stopped and started under their clients. */
class ClusterTest {
  @TempDir Path path;

  @Test
  void anyServerAnswersAnyRequest() throws Exception {
    try (var cluster = new TestCluster(path, 5).startAll()) {
      for (int id = 0; id < 5; id++) {
        try (var writer = cluster.client(id);
            var reader = cluster.client((id + 1) % 5)) {
          assertTrue(writer.set("k" + id, "v" + id).startsWith("OK "));
          assertEquals("v" + id, reader.get("k" + id));
        }
      }
    }
  }

  @Test
  void aWriteIsReadOnEveryServerAtOnce() throws Exception {
    try (var cluster = new TestCluster(path, 5).startAll();
        var writer = cluster.client(2)) {
      for (int i = 0; i < 50; i++) {
        writer.set("k", "v" + i);
        try (var reader = cluster.client(i % 5)) {
          assertEquals("v" + i, reader.get("k"));
        }
      }
    }
  }

  @Test
  void theClientOfAFollowerSeesAPauseWhenTheLeaderStopsButNoError() throws Exception {
    try (var cluster = new TestCluster(path, 5).startAll()) {
      int leader = cluster.awaitLeader();
      try (var client = cluster.client((leader + 1) % 5)) {
        client.set("k", "before");

        cluster.stop(leader);

        assertTrue(client.set("k", "after").startsWith("OK "));
        assertEquals("after", client.get("k"));
      }
    }
  }

  @Test
  void threeOfFiveStoppedAnswerNothingAndOneMoreAnswersWhatWaited() throws Exception {
    try (var cluster = new TestCluster(path, 5).startAll();
        var client = cluster.client(4)) {
      client.set("k", "before");
      cluster.stop(0);
      cluster.stop(1);
      assertEquals("before", client.get("k"));
      cluster.stop(2);

      client.send("get k\r\n");
      assertTrue(client.isSilentFor(2_000));
      cluster.start(1);

      assertEquals("VALUE 6 before", client.reply());
    }
  }

  @Test
  void allServersStoppedAndStartedAgainHaveForgottenNothing() throws Exception {
    try (var cluster = new TestCluster(path, 5)) {
      for (int round = 0; round < 3; round++) {
        cluster.startAll();
        try (var client = cluster.client(round)) {
          for (int earlier = 0; earlier < round; earlier++) {
            assertEquals("v" + earlier, client.get("k" + earlier));
          }
          assertTrue(client.set("k" + round, "v" + round).startsWith("OK "));
        }
        cluster.stopAll();
      }
    }
  }

  @Test
  void aServerThatWasAwayCatchesUpByItself() throws Exception {
    try (var cluster = new TestCluster(path, 3).startAll()) {
      int away = (cluster.awaitLeader() + 1) % 3;
      cluster.stop(away);
      try (var client = cluster.client((away + 1) % 3)) {
        for (int i = 0; i < 2_000; i++) {
          client.set("k" + i % 10, "v" + i);
        }
      }

      cluster.start(away);

      try (var client = cluster.client(away)) {
        assertEquals("v1999", client.get("k9"));
      }
    }
  }

  @Test
  void aClusterOfOneServesAndRemembers() throws Exception {
    try (var cluster = new TestCluster(path, 1)) {
      cluster.startAll();
      try (var client = cluster.client(0)) {
        client.set("k", "v");
      }
      cluster.stopAll();
      cluster.startAll();
      try (var client = cluster.client(0)) {
        assertEquals("v", client.get("k"));
      }
    }
  }

  @Test
  void aMajorityFormsAClusterByTheOperatorsWordAndTheLateOneJoins() throws Exception {
    try (var cluster = new TestCluster(path, 3)) {
      cluster.begin(0, true);
      cluster.begin(1, false);
      cluster.awaitServing(0);
      try (var client = cluster.client(0)) {
        assertTrue(client.set("k", "v").startsWith("OK "));
      }

      cluster.start(2);

      cluster.awaitThat(
          "server 2 has taken its seat",
          () -> cluster.status(2).map(s -> s.raft().seated()).orElse(false));
      try (var client = cluster.client(2)) {
        assertEquals("v", client.get("k"));
      }
    }
  }

  /** One after the other, until no disk is left of those that took the first write. */
  @Test
  void everyDiskMayBeLostIfTheClusterHasTimeToHealInBetween() throws Exception {
    try (var cluster = new TestCluster(path, 3).startAll()) {
      try (var client = cluster.client(0)) {
        client.set("k", "v");
      }
      for (int lost = 0; lost < 3; lost++) {
        int server = lost;
        cluster.stop(server);
        Files.move(cluster.dataDirectory(server), path.resolve("gone" + server));

        cluster.start(server);

        cluster.awaitThat(
            "server " + server + " has its seat again",
            () -> cluster.status(server).map(s -> s.raft().seated()).orElse(false));
        try (var client = cluster.client(server)) {
          assertEquals("v", client.get("k"));
        }
      }
    }
  }

  /** As an operator may do it who means well: yesterday's copy in place of today's disk. */
  @Test
  void aServerThatGetsAnOlderCopyOfItsDiskFindsOutAndJoinsAsANewOne() throws Exception {
    var patient = new Options(10_000, 1 << 20, 4_000);
    try (var cluster = new TestCluster(path, 3, patient).startAll()) {
      int leader = cluster.awaitLeader();
      int server = (leader + 1) % 3;
      try (var client = cluster.client((server + 1) % 3)) {
        client.set("k", "yesterday");
        cluster.stop(server);
        copy(cluster.dataDirectory(server), path.resolve("copy"));
        cluster.start(server);
        for (int i = 0; i < 50; i++) {
          client.set("k", "today" + i);
        }
      }
      cluster.stop(server);
      Files.move(cluster.dataDirectory(server), path.resolve("today"));
      Files.move(path.resolve("copy"), cluster.dataDirectory(server));

      cluster.begin(server, false);

      assertEquals(leader, cluster.awaitLeader(), "only this one knows what it acknowledged");
      cluster.awaitThat("it finds out", () -> cluster.failure(server).isPresent());
      stoppedAndJoinsAnew(cluster, server, "is an older copy");
      try (var client = cluster.client(server)) {
        assertEquals("today49", client.get("k"));
      }
    }
  }

  /** All checksums are right, and yet its snapshot has lost every key. */
  @Test
  void aServerWhoseStateIsNotThatOfTheOthersFindsOutAndJoinsAsANewOne() throws Exception {
    try (var cluster = new TestCluster(path, 3).startAll()) {
      int server = (cluster.awaitLeader() + 1) % 3;
      int writer = (server + 1) % 3;
      writeMoreThanTheLogKeeps(cluster, writer);
      cluster.awaitThat("a snapshot is taken", () -> hasSnapshot(cluster, server));
      cluster.stop(server);
      emptySnapshot(new SnapshotFiles(cluster.dataDirectory(server), StorageOptions.DEFAULTS));
      cluster.begin(server, false);

      try (var client = cluster.client(writer)) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (cluster.failure(server).isEmpty()) {
          assertTrue(System.nanoTime() < end, "it does not find out");
          client.set("k", "now");
        }
      }
      stoppedAndJoinsAnew(cluster, server, "leads to a wrong state");
      try (var client = cluster.client(server)) {
        assertEquals(1 << 20, client.get("k0").length());
      }
      assertEquals(Optional.empty(), cluster.failure(writer));
    }
  }

  /** It has given up who it was, for this reason; started again, it gets its seat. */
  private static void stoppedAndJoinsAnew(TestCluster cluster, int server, String why) {
    var failure = cluster.failure(server).orElseThrow();
    assertEquals(ExitStatus.DAMAGED, failure.status());
    assertTrue(failure.getMessage().contains(why), failure.getMessage());
    cluster.stop(server);
    cluster.start(server);
    cluster.awaitThat(
        "it has its seat again",
        () -> cluster.status(server).map(s -> s.raft().seated()).orElse(false));
  }

  private static void writeMoreThanTheLogKeeps(TestCluster cluster, int server) throws IOException {
    var value = "v".repeat(1 << 20);
    try (var client = cluster.client(server)) {
      for (int i = 0; i < 40; i++) {
        assertTrue(client.set("k" + i % 8, value).startsWith("OK "));
      }
    }
  }

  private static void emptySnapshot(SnapshotFiles files) throws IOException {
    try (var newest = files.newest().orElseThrow()) {
      var store = new KvStore();
      store.advance(newest.id().index(), newest.id().time());
      files.save(newest.snapshot(), store.freeze());
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (var files = Files.list(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** 80 MiB of updates of 8 keys: far more than a log keeps. */
  @Test
  void aServerThatMissedMoreThanTheLogKeepsCatchesUpByASnapshot() throws Exception {
    try (var cluster = new TestCluster(path, 3).startAll()) {
      int away = (cluster.awaitLeader() + 1) % 3;
      int writer = (away + 1) % 3;
      cluster.stop(away);
      var value = "v".repeat(1 << 20);
      try (var client = cluster.client(writer)) {
        for (int i = 0; i < 80; i++) {
          assertTrue(client.set("k" + i % 8, value).startsWith("OK "));
        }
      }
      cluster.awaitThat("a snapshot is taken", () -> hasSnapshot(cluster, writer));

      cluster.start(away);

      try (var client = cluster.client(away)) {
        assertEquals(value, client.get("k7"));
      }
      assertTrue(hasSnapshot(cluster, away));
      cluster.stopAll();
      cluster.startAll();
      try (var client = cluster.client(away)) {
        assertEquals(value, client.get("k0"));
      }
    }
  }

  private static boolean hasSnapshot(TestCluster cluster, int id) {
    var folder = cluster.config().dataDirectory(id);
    try (var names = Files.list(folder)) {
      return names.anyMatch(file -> file.getFileName().toString().startsWith("snapshot-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
