package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.testing.TestClient;
import io.raftkv.testing.TestCluster;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server says that cannot start, and what it leaves behind. */
class KvServerTest {
  @TempDir Path path;

  @Test
  void aTakenClientPortIsSaidInOneLineAndNothingIsLeftBehind() throws Exception {
    try (var cluster = new TestCluster(path, 1)) {
      int port = cluster.clientPort(0);
      try (var taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
        var failure = assertThrows(Failure.class, () -> cluster.begin(0, false));

        assertEquals(ExitStatus.PORT_TAKEN, failure.status());
        assertTrue(failure.getMessage().contains("127.0.0.1:" + taken.getLocalPort()));
        assertEquals(1, failure.getMessage().lines().count());
      }
      cluster.startAll();
    }
  }

  @Test
  void aTakenPeerPortIsSaidInOneLine() throws Exception {
    try (var cluster = new TestCluster(path, 1)) {
      int port = cluster.config().server(0).logPort();
      try (var taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
        var failure = assertThrows(Failure.class, () -> cluster.begin(0, false));

        assertEquals(ExitStatus.PORT_TAKEN, failure.status());
        assertTrue(failure.getMessage().contains("127.0.0.1:" + taken.getLocalPort()));
      }
    }
  }

  @Test
  void aDataDirectoryInUseIsRefused() throws Exception {
    try (var cluster = new TestCluster(path, 1).startAll();
        var second = new TestCluster(path, 1)) {
      var failure = assertThrows(Failure.class, () -> second.begin(0, false));

      assertEquals(ExitStatus.DATA_LOCKED, failure.status());
      assertTrue(cluster.status(0).orElseThrow().serving());
    }
  }

  @Test
  void anotherServersDataDirectoryIsRefused() throws Exception {
    try (var cluster = new TestCluster(path, 3).startAll()) {
      cluster.stopAll();
      Files.move(cluster.dataDirectory(0), path.resolve("kept"));
      Files.move(cluster.dataDirectory(1), cluster.dataDirectory(0));

      var failure = assertThrows(Failure.class, () -> cluster.begin(0, false));

      assertEquals(ExitStatus.DATA_LOCKED, failure.status());
      assertTrue(failure.getMessage().contains("belongs to server 1, not to server 0"));
    }
  }

  @Test
  void damagedDataAreNamed() throws Exception {
    try (var cluster = new TestCluster(path, 1).startAll()) {
      try (var client = new TestClient(cluster.clientPort(0))) {
        client.set("k", "v");
      }
      cluster.stopAll();
      var identity = cluster.dataDirectory(0).resolve("identity");
      var bytes = Files.readAllBytes(identity);
      bytes[20] ^= 1;
      Files.write(identity, bytes);

      var failure = assertThrows(Failure.class, () -> cluster.begin(0, false));

      assertEquals(ExitStatus.DAMAGED, failure.status());
      assertTrue(failure.getMessage().contains(identity.toString()));
    }
  }
}
