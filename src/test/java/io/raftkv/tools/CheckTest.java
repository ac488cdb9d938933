package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.config.Options;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CheckTest {
  private static final Options CLUSTER = new Options(2_000, 1 << 20, 1_000);

  /** Its first disturbance is a kill and a pause, after 0.9 s. */
  private static final String SEED = "6";

  /** The end of what is said: operations, then why they contradict each other. */
  private static final Pattern COUNTEREXAMPLE =
      Pattern.compile(
          "not linearizable; .*\n"
              + "(  client \\d+ +server \\d  \\S.*  on check-\\S+ +-> .*  from [\\d.]+ +to \\S+\n)+"
              + "impossible: .*\n$");

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complained = new ByteArrayOutputStream();

  @ParameterizedTest
  @EnumSource(
      names = {
        "STALE_READ",
        "CAS_IGNORES_VERSION",
        "CAS_RACES",
        "FORGETS_WRITES",
        "APPLIES_TWICE",
        "VERSION_TWICE",
        "VERSIONS_PER_SERVER"
      })
  void aWrongAnswerIsShownWithWhatItContradicts(StandInFault fault) throws IOException {
    try (var cluster = new StandIn(5, fault, CLUSTER)) {
      boolean good = check(cluster, new Untouchable(), "--seconds", "15");

      assertFalse(good, said());
      assertTrue(COUNTEREXAMPLE.matcher(said()).find(), said());
    }
  }

  @Test
  void aKeyThatDoesNotExpireIsFound() throws IOException {
    try (var cluster = new StandIn(3, StandInFault.NEVER_EXPIRES, CLUSTER)) {
      boolean good = check(cluster, new Untouchable(), "--seconds", "8");

      assertFalse(good, said());
      assertTrue(COUNTEREXAMPLE.matcher(said()).find(), said());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BARE_LINE_FEEDS, broke the protocol: a reply that ends in a bare line feed",
    "REPLIES_TWICE, not linearizable",
  })
  void aReplyThatBreaksTheProtocolIsAViolation(StandInFault fault, String how) throws IOException {
    try (var cluster = new StandIn(5, fault, CLUSTER)) {
      boolean good = check(cluster, new Untouchable(), "--seconds", "15");

      assertFalse(good, said());
      assertTrue(said().contains(how), said());
    }
  }

  @Test
  void writesThatAKilledServerTakesAlongAreMissed() throws IOException {
    try (var cluster = new StandIn(5, StandInFault.LOST_WRITE, CLUSTER)) {
      var control = new WithoutPauses(new StandInControl(cluster, true));

      boolean good = check(cluster, control, "--seconds", "15", "--kill");

      assertFalse(good, said());
      assertTrue(COUNTEREXAMPLE.matcher(said()).find(), said());
    }
  }

  @Test
  void aCorrectClusterPassesWhileServersDieAndPause() throws IOException {
    try (var cluster = new StandIn(5, StandInFault.ERRORS_WHILE_ELECTING, CLUSTER)) {
      var control = new StandInControl(cluster, true);

      boolean good = check(cluster, control, "--seconds", "4", "--kill", "--seed", SEED);

      assertTrue(good, said());
      assertTrue(said().contains("kill server "), said());
      assertTrue(said().contains("pause server "), said());
      assertFalse(said().contains("unknown: 0 updates"), said());
      assertTrue(cluster.config().servers().stream().allMatch(Fleet::accepts), said());
    }
  }

  @Test
  void theWholeProgramRunsByConfigFileAndCommands(@TempDir Path folder) throws Exception {
    var history = folder.resolve("history.txt");
    try (var cluster = new StandIn(3, StandInFault.NONE, Options.DEFAULTS)) {
      var files = new StandInFiles(cluster, folder);
      files.begin();

      int status =
          run(
              "--config",
              files.config().toString(),
              "--seconds",
              "3",
              "--kill",
              "--kill-command",
              files.killCommand(),
              "--start-command",
              files.startCommand(),
              "--history",
              history.toString());
      files.end();

      assertEquals(0, status, said());
      assertTrue(said().contains("kill server "), said());
      assertEquals(operations(), Files.readAllLines(history).size() - 1, said());
    }
  }

  @Test
  void aRunThatCouldNotDisturbIsUndecided() throws IOException {
    try (var cluster = new StandIn(3, StandInFault.NONE, CLUSTER)) {
      var commands = new ServerCommands(false, Optional.empty(), Optional.empty());
      var control = new ProcessControl(commands, cluster.config().servers());

      boolean good = check(cluster, control, "--seconds", "15", "--kill");

      assertFalse(good, said());
      assertTrue(
          Pattern.compile("undecided: server \\d runs in the process of this tester\n$")
              .matcher(said())
              .find(),
          said());
    }
  }

  @Test
  void serversOfWhichNoneMayBeMissingAreNotKilled(@TempDir Path folder) throws IOException {
    try (var cluster = new StandIn(2, StandInFault.NONE, CLUSTER)) {
      var config = new StandInFiles(cluster, folder).config();

      int status = run("--config", config.toString(), "--kill");

      assertEquals(2, status);
      assertEquals("--kill needs 3 servers at least: none of 2 can be missing\n", complained());
    }
  }

  @Test
  void versionsThatEachKeyCountsForItselfAreNoted() throws IOException {
    try (var cluster = new StandIn(3, StandInFault.VERSIONS_PER_KEY, CLUSTER)) {
      boolean good = check(cluster, new Untouchable(), "--seconds", "2");

      assertTrue(good, said());
      assertTrue(said().contains("note: versions do not grow over all keys"), said());
    }
  }

  @Test
  void withoutServersThatAnswerThereIsOneLine(@TempDir Path folder) throws IOException {
    Path config;
    try (var cluster = new StandIn(3, StandInFault.NONE, CLUSTER)) {
      config = new StandInFiles(cluster, folder).config();
    }

    int status = run("--config", config.toString(), "--seconds", "1");

    assertEquals(1, status);
    assertEquals(
        "none of the 3 servers takes connections; start the cluster first, with ./run.sh\n",
        complained());
  }

  private boolean check(StandIn cluster, ServerControl control, String... options) {
    var journal = new Journal(new PrintStream(said, true, StandardCharsets.UTF_8));
    var parsed = CheckOptions.parse(List.of(options));
    return new CheckRun(cluster.config(), parsed, control, journal).run();
  }

  private int run(String... args) {
    var out = new PrintStream(said, true, StandardCharsets.UTF_8);
    var errors = new PrintStream(complained, true, StandardCharsets.UTF_8);
    return Check.run(List.of(args), out, errors);
  }

  /** How many operations were found to be linearizable. */
  private long operations() {
    var verdict = Pattern.compile("linearizable: (\\d+) operations\n$").matcher(said());
    assertTrue(verdict.find(), said());
    return Long.parseLong(verdict.group(1));
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private String complained() {
    return complained.toString(StandardCharsets.UTF_8);
  }
}
