package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Scripts against real servers, with what the servers did below each step. A line that begins with
 * {@code >} is a step, an indented line is what came of it, all else is prose. {@code mvn test
 * -Dtest=TranscriptTest -Draftkv.rewrite=true} writes down what comes now; read it before you
 * believe it.
 */
class TranscriptTest {
  private static final Path FOLDER = Path.of("src/test/resources/transcripts");
  private static final boolean REWRITE = Boolean.getBoolean("raftkv.rewrite");

  private static List<Path> scripts() throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> theServersDoWhatTheTranscriptSays() throws IOException {
    return scripts().stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
  }

  private static void check(Path file) throws IOException {
    var written = Files.readAllLines(file);
    var played = play(written);
    if (REWRITE) {
      Files.write(file, played);
    } else {
      assertEquals(String.join("\n", written), String.join("\n", played));
    }
  }

  private static List<String> play(List<String> script) {
    var stage = new Stage();
    var played = new ArrayList<String>();
    for (var line : script) {
      if (!line.startsWith("  ")) {
        played.add(line);
      }
      if (line.startsWith("> ")) {
        stage.play(line.substring(2)).forEach(done -> played.add("  " + done));
      }
    }
    return played;
  }

  @Test
  void everyTranscriptBeginsWithWhatItShowsAndTheSection() throws IOException {
    assertFalse(scripts().isEmpty());
    for (var file : scripts()) {
      var prose = Files.readString(file).split("\n> ")[0];
      assertTrue(prose.matches("(?s)[A-Z].*dissertation\\s+[0-9]+\\.[0-9].*"), file + ": " + prose);
    }
  }
}
