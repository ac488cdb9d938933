package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckOptionsTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @ParameterizedTest
  @CsvSource({
    "--seconds, --seconds needs a value",
    "--seconds 0, '--seconds is 0, must be from 1 to 86400'",
    "--clients 201, '--clients is 201, must be from 1 to 200'",
    "--keys x, '--keys is \"x\", wanted a number from 0 to 2147483647'",
    "--rate 20001, '--rate is 20001, must be from 1 to 20000'",
    "--start-command true, --kill-command and --start-command want --kill",
    "--kil, unknown option --kil",
    "kill, unknown word kill",
  })
  void aWrongCommandLineIsRefusedInOneLine(String line, String complaint) {
    var failure =
        assertThrows(Failure.class, () -> CheckOptions.parse(List.of(line.split(" ", -1))));

    assertEquals(ExitStatus.CONFIGURATION, failure.status());
    assertEquals(
        complaint + "; see what there is with: ./run.sh check --help", failure.getMessage());
  }

  @Test
  void aProgramThatCannotBeginEndsWithStatus2(@TempDir Path folder) {
    assertEquals(2, run("--nonsense"));
    assertEquals(2, run("--config", folder.resolve("none.json").toString()));
  }

  @Test
  void helpNamesEveryOption() {
    int status = run("--help");

    assertEquals(0, status);
    for (var option :
        List.of(
            "--config",
            "--seconds",
            "--kill",
            "--kill-command",
            "--start-command",
            "--clients",
            "--keys",
            "--rate",
            "--seed",
            "--history")) {
      assertTrue(said().contains("  " + option + " "), option);
    }
  }

  private int run(String... args) {
    var stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    return Check.run(List.of(args), stream, stream);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }
}
