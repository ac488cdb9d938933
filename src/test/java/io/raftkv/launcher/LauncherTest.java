package io.raftkv.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.config.ClusterConfig;
import io.raftkv.config.ServerConfig;
import io.raftkv.testing.TestClient;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Launchers as processes, with real servers. */
class LauncherTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"--embedded", "--restart"})
  void aLauncherServesSaysSoAndStopsWithStatus0(String mode) throws Exception {
    var config = TestConfig.of(folder, 3);

    try (var launcher = launch(config, mode)) {
      launcher.awaitLine("cluster ready, leader ");
      for (int id = 0; id < 3; id++) {
        var line = "server " + id + " serves clients on localhost:" + config.clientPort(id);
        assertTrue(launcher.lines().contains(line), launcher.lines().toString());
        try (var client = new TestClient(config.clientPort(id))) {
          assertTrue(client.set("key" + id, "value").startsWith("OK "));
        }
      }
      var children = launcher.children();
      launcher.terminate();

      assertEquals(0, launcher.exitStatus());
      assertEquals(mode.equals("--embedded") ? 0 : 3, children.size());
      assertFalse(children.stream().anyMatch(ProcessHandle::isAlive));
    }
  }

  @Test
  void noServerOutlivesALauncherThatIsKilled() throws Exception {
    var config = TestConfig.of(folder, 2);

    try (var launcher = launch(config)) {
      launcher.awaitLine("cluster ready");
      var children = launcher.children();
      launcher.kill();

      assertEquals(2, children.size());
      for (var child : children) {
        child.onExit().get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aServerThatDiedIsReportedAndStartedAgainIfAsked() throws Exception {
    var config = TestConfig.of(folder, 2);

    try (var launcher = launch(config, "--restart")) {
      launcher.awaitLine("cluster ready");
      launcher.children().forEach(ProcessHandle::destroyForcibly);

      launcher.awaitLine("ended with status 137; starting it again in 500 ms");
      launcher.awaitLine("serves clients on");
    }
  }

  @Test
  void whenNoServerIsLeftTheLauncherEndsWithTheFirstStatus() throws Exception {
    var config = TestConfig.of(folder, 1);

    try (var taken = new ServerSocket(config.clientPort(0), 1, InetAddress.getLoopbackAddress());
        var launcher = launch(config)) {
      assertEquals(3, launcher.exitStatus());
      assertTrue(taken.isBound());
      var lines = launcher.lines();
      assertEquals("server 0 ended with status 3", lines.get(lines.size() - 1));
      assertTrue(lines.get(lines.size() - 2).startsWith("[0] "), lines.toString());
    }
  }

  @Test
  void freshDeletesOnlyWhatIsOurs() throws Exception {
    var config = TestConfig.of(folder, 1);
    try (var launcher = launch(config)) {
      launcher.awaitLine("cluster ready");
      try (var client = new TestClient(config.clientPort(0))) {
        client.set("key", "value");
      }
      launcher.terminate();
      launcher.exitStatus();
    }
    var bystander = Files.createFile(folder.resolve("data").resolve("mine"));

    try (var launcher = launch(config, "--fresh")) {
      launcher.awaitLine("deletes " + folder.resolve("data/0") + ", the data of server 0");
      launcher.awaitLine("cluster ready");

      assertTrue(Files.exists(bystander));
      try (var client = new TestClient(config.clientPort(0))) {
        assertEquals("ERR_NOT_FOUND", client.ask("get key"));
      }
    }
  }

  @Test
  void aServerOfAnotherMachineIsNamedAndLeftAlone() throws Exception {
    var here = TestConfig.of(folder, 1).cluster();
    var servers = new ArrayList<>(here.servers());
    servers.add(new ServerConfig(7, "no.such.host.invalid", 1, 2));
    var config = TestConfig.of(folder, new ClusterConfig(here.path(), servers, here.options()));

    try (var launcher = launch(config)) {
      launcher.awaitLine(
          "server 7 is on no.such.host.invalid, not on this machine: start it there");
      launcher.awaitLine("[0] ");
      assertEquals(1, launcher.children().size());
    }
  }

  @Test
  void aServerStartedByHandDoesNotNeedItsInput() throws Exception {
    var config = TestConfig.of(folder, 1);

    try (var server =
        RunningProgram.main(folder, "server", "--id", "0", "--config", config.file().toString())) {
      server.awaitLine("server 0 serves clients on localhost:" + config.clientPort(0));
      try (var client = new TestClient(config.clientPort(0))) {
        assertTrue(client.set("key", "value").startsWith("OK "));
      }
      assertEquals(List.of(), server.children());
    }
  }

  private RunningProgram launch(TestConfig config, String... options) throws Exception {
    var words = new ArrayList<>(List.of("launch", "--config", config.file().toString()));
    words.addAll(List.of(options));
    return RunningProgram.main(folder, words.toArray(String[]::new));
  }
}
