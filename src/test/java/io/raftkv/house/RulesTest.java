package io.raftkv.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** docs/rules.md says what is there: every rule, and only tests and classes that exist. */
class RulesTest {
  private static final Path RULES = Path.of("docs/rules.md");
  private static final Path MAIN = Path.of("src/main/java/io/raftkv");
  private static final Path TEST = Path.of("src/test/java");
  private static final Path TRANSCRIPTS = Path.of("src/test/resources/transcripts");
  private static final int LAST_RULE = 41;
  private static final int FIRST_OF_SNAPSHOTS = 50;
  private static final int LAST_OF_SNAPSHOTS = 61;
  private static final Pattern ROW =
      Pattern.compile("\\| (B\\d+) [^|]+\\|([^|]+)\\|([^|]+)\\|(.+)\\|");
  private static final Pattern METHOD = Pattern.compile("\\b(\\w+Test)\\.(\\w+)");
  private static final Pattern TRANSCRIPT = Pattern.compile("[\\w.-]+\\.txt");

  private record Rule(String number, String builtIn, String shownBy) {
    boolean comesLater() {
      return builtIn.equals("–");
    }
  }

  private static List<Rule> rules() throws IOException {
    return Files.readAllLines(RULES).stream()
        .map(ROW::matcher)
        .filter(row -> row.matches())
        .map(row -> new Rule(row.group(1), row.group(3).strip(), row.group(4).strip()))
        .toList();
  }

  @Test
  void everyRuleHasItsRow() throws IOException {
    var expected =
        IntStream.concat(
                IntStream.rangeClosed(1, LAST_RULE),
                IntStream.rangeClosed(FIRST_OF_SNAPSHOTS, LAST_OF_SNAPSHOTS))
            .mapToObj(number -> "B" + number)
            .toList();

    assertEquals(expected, rules().stream().map(Rule::number).toList());
  }

  @Test
  void everyRuleThatIsBuiltIsShown() throws IOException {
    for (var rule : rules()) {
      boolean isShown =
          METHOD.matcher(rule.shownBy).find() || TRANSCRIPT.matcher(rule.shownBy).find();
      assertEquals(rule.comesLater(), !isShown, rule.number);
    }
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    var text = Files.readString(RULES);
    var missing = new ArrayList<String>();
    METHOD
        .matcher(text)
        .results()
        .filter(name -> !source(TEST, name.group(1)).contains("void " + name.group(2) + "()"))
        .forEach(name -> missing.add(name.group()));
    assertEquals(List.of(), missing);
  }

  @Test
  void everyTranscriptThatIsNamedExistsAndEachIsNamed() throws IOException {
    var text = Files.readString(RULES);
    var named = TRANSCRIPT.matcher(text).results().map(name -> name.group()).distinct().sorted();
    try (var files = Files.list(TRANSCRIPTS)) {
      var there = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertEquals(there, named.toList());
    }
  }

  @Test
  void everyPlaceWhereARuleIsBuiltExists() throws IOException {
    for (var rule : rules()) {
      for (var place : rule.comesLater() ? new String[0] : rule.builtIn.split(", ")) {
        var parts = place.split("\\.");
        boolean isPackage = Character.isLowerCase(parts[0].charAt(0));
        var source = source(MAIN.resolve(isPackage ? parts[0] : "raft"), parts[isPackage ? 1 : 0]);
        boolean namesMethod = parts.length > (isPackage ? 2 : 1);
        assertTrue(!source.isEmpty(), rule.number + ": " + place);
        assertTrue(
            !namesMethod || source.contains(" " + parts[parts.length - 1] + "("),
            rule.number + ": " + place);
      }
    }
  }

  /** The text of this class, nothing if there is none. */
  private static String source(Path root, String name) {
    try (var files = Files.walk(root)) {
      var found = files.filter(file -> file.endsWith(name + ".java")).findFirst();
      return found.isPresent() ? Files.readString(found.get()) : "";
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
