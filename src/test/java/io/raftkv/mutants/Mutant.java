package io.raftkv.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A deliberate bug in the real code. Its file says what it is, how it is found, and what it
 * changes, in words of today's source, so that a mutant whose place has changed is noticed:
 *
 * <pre>
 *   what: A leader commits entries of earlier terms by counting copies.
 *   found by: CHURN records
 *
 *   &#64; raft/Leader.java
 *    lines that stay begin with a space,
 *   -those that go with a minus,
 *   +and those that come with a plus
 * </pre>
 *
 * It is found by seeds of a profile, with logs and messages that are {@code bytes} or stay {@code
 * records}, or by a {@code script}, which is a test: {@code script raft.SeatsTest#aName}. A mutant
 * that changes nothing that matters says why behind {@code equivalent:}, and is hunted all the
 * same.
 *
 * @param name its file's
 * @param what the bug, in one sentence
 * @param foundBy how it is hunted
 * @param equivalent why nobody could notice it, if so
 * @param edits what it changes
 */
record Mutant(
    String name, String what, String foundBy, Optional<String> equivalent, List<Edit> edits) {
  static final Path SOURCES = Path.of("src/main/java/io/raftkv");
  private static final Path FOLDER = Path.of("src/test/resources/mutants");
  private static final String ENDING = ".txt";

  /** One place of one file, as it is and as it shall be. */
  record Edit(String file, String before, String after) {
    String apply(String source) {
      int at = source.indexOf(before);
      if (before.isEmpty() || at < 0 || source.indexOf(before, at + 1) >= 0) {
        throw new IllegalStateException(file + " must hold this exactly once:\n" + before);
      }
      return source.substring(0, at) + after + source.substring(at + before.length());
    }
  }

  /** All mutants, in the order of their names. */
  static List<Mutant> all() throws IOException {
    var mutants = new ArrayList<Mutant>();
    try (var files = Files.list(FOLDER)) {
      for (var file : files.sorted().toList()) {
        var name = file.getFileName().toString();
        mutants.add(parse(name.substring(0, name.length() - ENDING.length()), file));
      }
    }
    return mutants;
  }

  static Mutant of(String name) throws IOException {
    return parse(name, FOLDER.resolve(name + ENDING));
  }

  private static Mutant parse(String name, Path file) throws IOException {
    var parts = Files.readString(file).split("(?m)^@ ");
    var head = new HashMap<String, String>();
    parts[0]
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> head.put(line.split(": ", 2)[0], line.split(": ", 2)[1]));
    var edits = new ArrayList<Edit>();
    for (int i = 1; i < parts.length; i++) {
      edits.add(edit(parts[i].stripTrailing().lines().toList()));
    }
    return new Mutant(
        name,
        head.getOrDefault("what", ""),
        head.getOrDefault("found by", ""),
        Optional.ofNullable(head.get("equivalent")),
        edits);
  }

  private static Edit edit(List<String> lines) {
    var patch = lines.subList(1, lines.size());
    return new Edit(lines.get(0), side(patch, "+"), side(patch, "-"));
  }

  /** The lines of a patch but for those of the other side. */
  private static String side(List<String> patch, String otherSide) {
    var text = new StringBuilder();
    for (var line : patch) {
      if (!line.startsWith(otherSide)) {
        text.append(line, Math.min(1, line.length()), line.length()).append('\n');
      }
    }
    return text.toString();
  }

  /** The sources it changes, by their paths under {@link #SOURCES}. */
  Map<String, String> sources() throws IOException {
    var changed = new HashMap<String, String>();
    for (var edit : edits) {
      var source = changed.get(edit.file());
      var now = source == null ? Files.readString(SOURCES.resolve(edit.file())) : source;
      changed.put(edit.file(), edit.apply(now));
    }
    return changed;
  }
}
