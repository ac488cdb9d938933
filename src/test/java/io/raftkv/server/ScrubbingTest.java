package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.storage.ScrubPace;
import io.raftkv.testing.TestClient;
import io.raftkv.testing.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes bad on the disk of a running server is replaced before anybody needs it. */
class ScrubbingTest {
  private static final String FIRST = "log-0000000000000001";
  private static final String SECOND = "log-0000000000000002";
  private static final String THIRD = "log-0000000000000003";
  private static final ScrubPace QUICK = new ScrubPace(1, 1, 100, 1 << 16);

  @TempDir Path path;

  @Test
  void aDamagedLogFileIsReplacedBySnapshotsAndADamagedSnapshotByAnother() throws Exception {
    try (var cluster = new TestCluster(path, 1).scrubbing(QUICK).startAll();
        var client = cluster.client(0)) {
      fill(cluster, client, SECOND);

      damage(file(cluster, FIRST));

      cluster.awaitThat("a snapshot is taken", () -> !snapshots(cluster).isEmpty());
      assertTrue(client.set("k", "behind the first").startsWith("OK "));
      cluster.awaitThat("the file is gone", () -> !Files.exists(file(cluster, FIRST)));
      var newest = snapshots(cluster).get(snapshots(cluster).size() - 1);

      damage(file(cluster, newest));

      cluster.awaitThat("it is set aside", () -> Files.exists(file(cluster, newest + ".corrupt")));
      cluster.awaitThat(
          "another is taken",
          () -> snapshots(cluster).stream().anyMatch(name -> name.compareTo(newest) >= 0));
      cluster.stopAll();
      cluster.startAll();
      try (var again = cluster.client(0)) {
        assertEquals("behind the first", again.get("k"));
      }
    }
  }

  /** By its header it is judged whether the file before it may go. */
  @Test
  void aLogFileWhoseHeaderIsDamagedIsReplacedAsWell() throws Exception {
    try (var cluster = new TestCluster(path, 1).scrubbing(QUICK).startAll();
        var client = cluster.client(0)) {
      fill(cluster, client, THIRD);

      damage(file(cluster, SECOND), 60);

      cluster.awaitThat("a snapshot is taken", () -> !snapshots(cluster).isEmpty());
      assertTrue(client.set("k", "behind the second").startsWith("OK "));
      cluster.awaitThat("the file is gone", () -> !Files.exists(file(cluster, SECOND)));
      assertEquals("behind the second", client.get("k"));
    }
  }

  @Test
  void aServerThatStopsInTheMiddleOfAFileAtRestLeavesItClosed() throws Exception {
    var once = new ScrubPace(1, 3_600_000, 1, 1);
    try (var cluster = new TestCluster(path, 1).scrubbing(once).startAll();
        var client = cluster.client(0)) {
      fill(cluster, client, SECOND);
      cluster.awaitThat("one is being read", () -> cluster.disk(0).hasOpenedAtRest());

      cluster.stopAll();

      assertTrue(cluster.disk(0).hasClosedAll(5));
    }
  }

  /** Writes until there is this log file. */
  private static void fill(TestCluster cluster, TestClient client, String last) throws IOException {
    var value = "v".repeat(20_000);
    for (int i = 0; !Files.exists(file(cluster, last)); i++) {
      assertTrue(i < 100, "no " + last);
      assertTrue(client.set("k" + i, value).startsWith("OK "));
    }
  }

  private static Path file(TestCluster cluster, String name) {
    return cluster.dataDirectory(0).resolve(name);
  }

  /** Flips a bit in its middle, where it lies. */
  private static void damage(Path file) throws IOException {
    damage(file, Files.size(file) / 2);
  }

  private static void damage(Path file, long at) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1)).flip();
      channel.write(one, at);
    }
  }

  /** The names of the snapshots, the oldest first. */
  private static List<String> snapshots(TestCluster cluster) {
    try (var files = Files.list(cluster.dataDirectory(0))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("snapshot-\\d+"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
