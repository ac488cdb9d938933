package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessControlTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Journal journal = new Journal(new PrintStream(said, true, StandardCharsets.UTF_8));

  @Test
  void aServerProcessIsStartedByCommandAndKilledByItsPort() throws IOException {
    var server = new ServerConfig(0, "127.0.0.1", freePort(), 1);
    var options = TesterOptions.parse(List.of("--start-command", startCommand()));
    var fleet =
        new Fleet(
            List.of(server), new ProcessControl(options.commands(), List.of(server)), journal);

    boolean started = fleet.revive(server);
    var process = ListeningProcess.find(server.hostname(), server.clientPort());
    fleet.kill(server);

    assertTrue(started, said());
    assertTrue(said().contains("kill -9 " + process.orElseThrow()), said());
    // A dying process closes its sockets one after the other.
    assertTrue(Waiting.until(Duration.ofSeconds(10), () -> !Fleet.accepts(server)));
    assertEquals(List.of(server), fleet.dead());
  }

  @Test
  void aPausedServerProcessSaysNothingUntilItIsResumed() throws IOException {
    var server = new ServerConfig(0, "127.0.0.1", freePort(), 1);
    var options = TesterOptions.parse(List.of("--start-command", startCommand()));
    var control = new ProcessControl(options.commands(), List.of(server));
    var fleet = new Fleet(List.of(server), control, journal);
    assertTrue(fleet.revive(server), said());

    var how = control.pause(server);
    try (var client =
        KvClient.connect(server.hostname(), server.clientPort(), Duration.ofSeconds(10))) {
      client.send(Requests.get("key"));
      var heard = client.overheard(Duration.ofMillis(300));
      control.resume(server);

      assertTrue(how.startsWith("kill -STOP "), how);
      assertEquals(Optional.empty(), heard);
      assertEquals("ERR_NOT_FOUND", client.receive().line());
    }
    fleet.kill(server);
  }

  @Test
  void aPortThatNobodyListensOnIsSkippedWithARemedy() throws IOException {
    var server = new ServerConfig(0, "127.0.0.1", freePort(), 1);
    var control = new ProcessControl(TesterOptions.parse(List.of()).commands(), List.of(server));

    var refusal = assertThrows(Trial.Skipped.class, () -> control.kill(server));

    assertTrue(refusal.reason().endsWith("or give --kill-command"), refusal.reason());
  }

  @Test
  void theWholeProgramRunsByConfigFileAndCommands(@TempDir Path folder) throws Exception {
    try (var cluster = new StandIn(3, StandInFault.NONE, Options.DEFAULTS)) {
      var files = new StandInFiles(cluster, folder);
      files.begin();

      int status =
          run(
              "--config",
              files.config().toString(),
              "--silence",
              "1",
              "--kill-command",
              files.killCommand(),
              "--start-command",
              files.startCommand());
      files.end();

      assertEquals(0, status, said());
      assertTrue(said().endsWith("25 passed, 0 failed\n"), said());
    }
  }

  @Test
  void aProgramThatCannotBeginEndsWithStatus2(@TempDir Path folder) {
    assertEquals(2, run("--nonsense"));
    assertEquals("tester: unknown option: --nonsense; see --help\n", said());
    assertEquals(2, run("--config", folder.resolve("none.json").toString()));
  }

  @Test
  void helpNamesEveryOption() {
    int status = run("--help");

    assertEquals(0, status);
    for (var option :
        List.of("--config", "--kill-command", "--start-command", "--no-kill", "--silence")) {
      assertTrue(said().contains("  " + option), option);
    }
  }

  private int run(String... args) {
    var stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    return Tester.run(List.of(args), stream, stream);
  }

  /** Starts a stand-in in a process of its own. */
  private static String startCommand() {
    var java = ProcessHandle.current().info().command().orElseThrow();
    return "exec '%s' -cp '%s' %s {port}"
        .formatted(java, System.getProperty("java.class.path"), StandIn.class.getName());
  }

  private static int freePort() throws IOException {
    try (var cluster = new StandIn(1, StandInFault.NONE, Options.DEFAULTS)) {
      return cluster.config().server(0).clientPort();
    }
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }
}
