package io.raftkv.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
  @TempDir Path folder;

  @Test
  void theLauncherTakesItsOptionsInAnyOrder() {
    var file = Optional.of(Path.of("x.json"));

    assertEquals(LauncherOptions.DEFAULTS, LauncherOptions.parse(List.of()));
    assertEquals(
        new LauncherOptions(file, true, true, true),
        LauncherOptions.parse(List.of("--restart", "--embedded", "--config", "x.json", "--fresh")));
    assertEquals(
        new LauncherOptions(file, false, false, false),
        LauncherOptions.parse(List.of("--config=x.json")));
  }

  @ParameterizedTest
  @CsvSource({
    "--form, unknown option --form",
    "five, unknown word five",
    "--config, --config needs a value"
  })
  void theLauncherRefusesWhatItDoesNotKnow(String word, String message) {
    var failure = assertThrows(Failure.class, () -> LauncherOptions.parse(List.of(word)));

    assertEquals(ExitStatus.CONFIGURATION, failure.status());
    assertEquals(
        message + "; see what there is with: ./run.sh launch --help", failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "lunch, unknown word lunch; see what there is with: ./run.sh --help",
    "server --id x, '--id is \"x\", wanted a number from 0 to 2147483647; see'",
    "server --id 9 --config one.json, one.json: no server has the Id 9; there are [0]",
    "server --config one.json, 'one.json: Id is missing: say which server this is'",
    "launch --config no.json, no.json: no such file; name one with --config FILE",
    "--config bad.json, bad.json: not JSON at line 1",
    "tester --config no.json, no.json: no such file; name one with --config FILE",
  })
  void whatIsWrongEndsWithStatus2AndOneLine(String words, String message) throws Exception {
    Files.writeString(folder.resolve("bad.json"), "{,}");
    var one = TestConfig.of(folder, 1);
    Files.move(one.file(), folder.resolve("one.json"));
    Files.writeString(
        folder.resolve("one.json"),
        Files.readString(folder.resolve("one.json")).replaceFirst("\"Id\":0,\"form", "\"form"));

    try (var program = RunningProgram.main(folder, words.split(" "))) {
      assertEquals(2, program.exitStatus());
      program.awaitLine(message);
      assertEquals(1, program.lines().size(), program.lines().toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--help, ./run.sh server --id N",
    "server --help, --form",
    "launch --help, --embedded",
    "--restart -h, --embedded",
    "tester --help, --no-kill",
    "--version, raftkv "
  })
  void helpIsGivenForEachCommand(String words, String line) throws Exception {
    try (var program = RunningProgram.main(folder, words.split(" "))) {
      assertEquals(0, program.exitStatus());
      assertTrue(program.awaitLine(line).contains(line));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "run io.raftkv.server.ServerVerticle -conf no.json, no.json: no such file",
    "run io.raftkv.protocol.ClientProtocolVerticle -conf bad.json, bad.json: not JSON",
    "run io.raftkv.server.RaftVerticle, 'configuration: servers is missing, wanted'",
    "run io.raftkv.transport.PeerTransportVerticle -conf {}, servers is missing",
    "run no.Verticle, there is no class no.Verticle on the class path",
    "run, run needs a value; see what there is with: bin/vertx --help",
  })
  void aVerticleWithoutItsSettingsEndsWithStatus2(String words, String message) throws Exception {
    Files.writeString(folder.resolve("bad.json"), "{,}");

    try (var program = RunningProgram.start(VertxMain.class, folder, words.split(" "))) {
      assertEquals(2, program.exitStatus());
      program.awaitLine(message);
    }
  }
}
