package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TesterTest {
  private static final Options CLUSTER = new Options(2_000, 1 << 20, 1_000);
  private static final TesterOptions OPTIONS =
      new TesterOptions(
          false,
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Duration.ofMillis(300),
          Duration.ofSeconds(5));

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void aClusterThatKeepsItsPromisesPassesEverything(int servers) throws IOException {
    try (var cluster = new StandIn(servers, StandInFault.NONE, CLUSTER)) {
      var tester = tester(cluster, new StandInControl(cluster, true));

      boolean good = tester.runAll();

      assertTrue(good, said());
      assertTrue(said().contains(" passed, 0 failed\n"), said());
      assertFalse(said().contains("SKIP"), said());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "STALE_READ, a read sees the write before it",
    "CAS_IGNORES_VERSION, cas wants the version that the key has",
    "BARE_LINE_FEEDS, what one server stored every server returns",
    "VERSIONS_PER_KEY, versions grow and are the same on every server",
    "VERSIONS_PER_SERVER, versions grow and are the same on every server",
  })
  void aBasicFaultIsFound(StandInFault fault, String scenario) throws IOException {
    finds(fault, scenario, BasicScenarios.all());
  }

  @ParameterizedTest
  @CsvSource({
    "WRONG_ERROR_TEXT, a malformed line gets one ERR_CMD_ERR",
    "RUNS_VALUES, its value is passed over",
  })
  void aFaultInRefusalsIsFound(StandInFault fault, String scenario) throws IOException {
    finds(fault, scenario, new MalformedScenarios(CLUSTER.maxValueBytes()).all());
  }

  @ParameterizedTest
  @ValueSource(strings = {"CAS_RACES", "CAS_IGNORES_VERSION"})
  void twoWinnersAreFound(StandInFault fault) throws IOException {
    finds(fault, "of conflicting cas exactly one wins", ConflictScenarios.all());
    finds(fault, "a counter moved by cas loses nothing", ConflictScenarios.all());
  }

  @Test
  void aValueThatComesBackChangedIsFound() throws IOException {
    finds(
        StandInFault.TEXT_ONLY,
        "a value is any bytes",
        new ValueScenarios(CLUSTER.maxValueBytes()).all());
  }

  @ParameterizedTest
  @ValueSource(strings = {"NEVER_EXPIRES", "EXPIRES_EARLY"})
  void aKeyThatLivesTooLongOrTooShortIsFound(StandInFault fault) throws IOException {
    finds(fault, "a key lives for its exptime", ExpiryScenarios.all());
  }

  @ParameterizedTest
  @CsvSource({
    "LOST_WRITE, any one server may die",
    "FORGETS_WHEN_RESTARTED, any one server may die",
    "ERRORS_WHILE_ELECTING, any one server may die",
    "ANSWERS_WITHOUT_MAJORITY, without a majority there is no answer",
    "CLOSES_WITHOUT_MAJORITY, without a majority there is no answer",
  })
  void aFaultThatShowsWhenServersDieIsFound(StandInFault fault, String scenario)
      throws IOException {
    try (var cluster = new StandIn(5, fault, CLUSTER)) {
      var control = new StandInControl(cluster, true);
      var journal = new Journal(new PrintStream(said, true, StandardCharsets.UTF_8));
      var fleet = new Fleet(cluster.config().servers(), control, journal);

      boolean good = tester(cluster, control).attempt(new FaultScenarios().all(fleet));

      assertFalse(good, said());
      assertTrue(said().contains("FAIL  " + scenario), said());
    }
  }

  @Test
  void serversThatNobodyStartsAgainAreKilledOneAfterTheOther() throws IOException {
    try (var cluster = new StandIn(5, StandInFault.NONE, CLUSTER)) {
      var control = new StandInControl(cluster, false);
      var journal = new Journal(new PrintStream(said, true, StandardCharsets.UTF_8));
      var fleet = new Fleet(cluster.config().servers(), control, journal, Duration.ofMillis(50));
      var tester = new Tester(cluster.config(), OPTIONS, fleet, journal);

      boolean good = tester.attempt(new FaultScenarios().all(fleet));

      assertTrue(good, said());
      assertTrue(said().contains("3 passed, 0 failed, 1 skipped"), said());
      assertTrue(said().contains("give --start-command"), said());
    }
  }

  @Test
  void serversThatMustNotBeKilledAreLeftAlone() throws IOException {
    var options = TesterOptions.parse(List.of("--no-kill"));
    try (var cluster = new StandIn(5, StandInFault.LOST_WRITE, CLUSTER)) {
      var control = new ProcessControl(options.commands(), cluster.config().servers());
      var journal = new Journal(new PrintStream(said, true, StandardCharsets.UTF_8));
      var fleet = new Fleet(cluster.config().servers(), control, journal);
      var tester = new Tester(cluster.config(), options, fleet, journal);

      tester.attempt(new FaultScenarios().all(fleet));

      assertTrue(said().contains("0 passed, 0 failed, 4 skipped"), said());
      assertTrue(said().contains("--no-kill"), said());
    }
  }

  @Test
  void aTesterDoesNotKillItself() throws IOException {
    var options = TesterOptions.parse(List.of());
    try (var cluster = new StandIn(3, StandInFault.NONE, CLUSTER)) {
      var control = new ProcessControl(options.commands(), cluster.config().servers());
      var first = cluster.config().server(0);

      var refusal = assertThrows(Trial.Skipped.class, () -> control.kill(first));

      assertTrue(refusal.getMessage().contains("in the process of this tester"));
    }
  }

  @Test
  void commandsNameTheServerByPlaceholders() throws IOException {
    var options =
        TesterOptions.parse(
            List.of("--kill-command", "test {id}/{host}/{port} = 7/localhost/8007"));
    var server = new ServerConfig(7, "localhost", 8007, 9007);
    var other = new ServerConfig(8, "localhost", 8008, 9008);
    var control = new ProcessControl(options.commands(), List.of(server, other));

    var how = control.kill(server);
    var failure = assertThrows(Trial.Failed.class, () -> control.kill(other));

    assertEquals("test 7/localhost/8007 = 7/localhost/8007", how);
    assertTrue(failure.getMessage().contains("status 1"), failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "--silence, --silence wants an argument",
    "--silence 0, '--silence is 0, must be from 1 to 3600'",
    "--patience x, '--patience is x, must be from 1 to 3600'",
    "--config, --config wants an argument",
    "--kil, unknown option: --kil",
  })
  void aWrongCommandLineIsRefusedInOneLine(String line, String complaint) {
    var failure =
        assertThrows(Failure.class, () -> TesterOptions.parse(List.of(line.split(" ", -1))));

    assertEquals(ExitStatus.CONFIGURATION, failure.status());
    assertEquals("tester: " + complaint + "; see --help", failure.getMessage());
  }

  private void finds(StandInFault fault, String scenario, List<Scenario> scenarios)
      throws IOException {
    try (var cluster = new StandIn(5, fault, CLUSTER)) {
      var tester = tester(cluster, new StandInControl(cluster, true));
      var chosen = scenarios.stream().filter(one -> one.name().contains(scenario)).toList();

      boolean good = tester.attempt(chosen);

      assertFalse(good, said());
      assertTrue(said().contains("1 failed"), said());
    }
  }

  private Tester tester(StandIn cluster, ServerControl control) {
    var journal = new Journal(new PrintStream(said, true, StandardCharsets.UTF_8));
    var fleet = new Fleet(cluster.config().servers(), control, journal);
    return new Tester(cluster.config(), OPTIONS, fleet, journal);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }
}
