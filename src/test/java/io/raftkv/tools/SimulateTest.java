package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The command {@code simulate} as a user sees it. */
class SimulateTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();

  private int run(String... words) {
    said.reset();
    complaints.reset();
    return Simulate.run(List.of(words), new PrintStream(said), new PrintStream(complaints));
  }

  private String text() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private String lastLine() {
    return text().lines().reduce((a, b) -> b).orElse("");
  }

  @Test
  void aSeedAloneRunsOnceAndEndsWithItsTrace() {
    assertEquals(0, run("--seed", "11", "--fast"), text());

    assertTrue(text().contains("seed 11, profile "), text());
    assertTrue(text().contains("1 runs"), text());
    assertTrue(lastLine().matches("trace [0-9a-f]{16}"), lastLine());
  }

  @Test
  void theSameSeedGivesTheSameTraceAgain() {
    run("--seed", "12", "--profile", "disk", "--fast");
    var first = lastLine();

    run("--seed", "12", "--profile", "disk", "--fast");

    assertEquals(first, lastLine());
  }

  @Test
  void countedSeedsGiveOneTraceHoweverManyThreadsThereAre() {
    assertEquals(0, run("--seed", "1", "--seeds", "6", "--fast", "--threads", "1"), text());
    var first = lastLine();

    run("--seed", "1", "--seeds", "6", "--fast", "--threads", "3");

    assertEquals(first, lastLine());
    assertTrue(text().contains("6 runs"), text());
  }

  @Test
  void faultsAndTimeCanBeLeftOut() {
    assertEquals(
        0, run("--seed", "3", "--profile", "mixed", "--fast", "--only", "1,2", "--millis", "9000"));

    assertTrue(text().contains("fault 1:") && text().contains("fault 2:"), text());
    assertTrue(!text().contains("fault 0:") && !text().contains("fault 3:"), text());
  }

  @Test
  void aWrongCommandLineIsOneLineAndStatus2() {
    for (var words :
        List.of(
            List.of("--sed", "1"),
            List.of("--seed", "-1"),
            List.of("--seed"),
            List.of("--seeds", "0"),
            List.of("--profile", "windy"),
            List.of("--seed", "99999999999999999999"),
            List.of("--only", "1"),
            List.of("--seed", "1", "--only", "99999"),
            List.of("--seed", "1", "--seeds", "2", "--events"))) {
      assertEquals(2, run(words.toArray(String[]::new)), words + "");
      assertEquals(1, complaints.toString(StandardCharsets.UTF_8).lines().count(), words + "");
    }
  }

  @Test
  void helpSaysEveryOption() {
    assertEquals(0, run("--help"));

    for (var option :
        List.of(
            "--seed",
            "--seeds",
            "--minutes",
            "--profile",
            "--fast",
            "--only",
            "--millis",
            "--events",
            "--threads")) {
      assertTrue(text().contains(option), option);
    }
  }
}
