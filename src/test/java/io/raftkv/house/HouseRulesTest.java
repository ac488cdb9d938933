package io.raftkv.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The house style where a machine can keep it; docs/design.md says why. */
class HouseRulesTest {
  private static final int CLASS_LINES_MAX = 400;
  private static final int METHOD_LINES_MAX = 40;
  private static final int TEST_METHOD_LINES_MAX = 70;
  private static final int LINE_MAX = 100;
  private static final int INSTANCEOF_MAX = 2;
  private static final Path MAIN = Path.of("src/main/java");
  private static final Path TEST = Path.of("src/test/java");
  private static final Pattern BODY_START =
      Pattern.compile(
          "^ ++(?!}|if |for |while |return |switch |try |synchronized |do |.*(record|class) )"
              + "[^=]*\\).* \\{$");

  /** A record whose components take several lines looks like a method at its last line. */
  private static final Pattern TYPE =
      Pattern.compile("[a-z ]*\\b(record|class|enum|interface) \\w+.*");

  /** A rule's name is built from pieces, so that this file does not break it. */
  private static final List<String> FORBIDDEN =
      List.of("TO" + "DO", "FIX" + "ME", "XX" + "X", "Thread." + "sleep", "@aut" + "hor", "\t");

  @Test
  void classesStaySmall() throws IOException {
    var broken = new ArrayList<String>();
    for (var file : files(MAIN, TEST)) {
      int lines = Files.readAllLines(file).size();
      if (lines > CLASS_LINES_MAX) {
        broken.add(file + " has " + lines + " lines");
      }
    }
    assertEquals(List.of(), broken);
  }

  /** What is read while it is written over lacks a class now and then, and nothing says so. */
  @Test
  void theJarWithEverythingInItIsNotWrittenOverTheThinOneThatItIsMadeOf() throws IOException {
    assertFalse(Files.readString(Path.of("pom.xml")).contains("<outputFile>"));
  }

  @Test
  void methodsStaySmall() throws IOException {
    var broken = new ArrayList<String>();
    for (var file : files(MAIN, TEST)) {
      checkMethods(file, broken);
    }
    assertEquals(List.of(), broken);
  }

  /** The formatter's indentation says where a method begins and ends. */
  private static void checkMethods(Path file, List<String> broken) throws IOException {
    var lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      if (BODY_START.matcher(line).matches() && !line.contains("->") && !line.contains("new ")) {
        int start = signatureStart(lines, i);
        if (TYPE.matcher(lines.get(start)).matches()) {
          continue;
        }
        int end = end(lines, i, " ".repeat(indent(lines.get(start))) + "}");
        int most = file.startsWith(MAIN) ? METHOD_LINES_MAX : TEST_METHOD_LINES_MAX;
        if (end - start + 1 > most) {
          broken.add(file + ":" + (start + 1) + " a method of " + (end - start + 1) + " lines");
        }
      }
    }
  }

  /** A signature that takes several lines is indented by four more from its second line on. */
  private static int signatureStart(List<String> lines, int bodyStart) {
    int start = bodyStart;
    while (!isSignature(lines.get(start))) {
      start--;
    }
    return start;
  }

  private static boolean isSignature(String line) {
    return indent(line) <= 4 && line.contains("(") && !line.strip().startsWith("throws");
  }

  private static int indent(String line) {
    return line.isBlank() ? Integer.MAX_VALUE : line.length() - line.stripLeading().length();
  }

  private static int end(List<String> lines, int from, String closing) {
    int i = from;
    while (i < lines.size() - 1 && !lines.get(i).equals(closing)) {
      i++;
    }
    return i;
  }

  @Test
  void nothingForbiddenIsWritten() throws IOException {
    var broken = new ArrayList<String>();
    for (var file : files(MAIN, TEST)) {
      var text = Files.readString(file);
      FORBIDDEN.stream()
          .filter(text::contains)
          .forEach(word -> broken.add(file + " contains " + word));
      if (text.contains("\r\n") || text.matches("(?s).*import (static )?[\\w.]+\\.\\*;.*")) {
        broken.add(file + " has wrong line ends or a starred import");
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void linesFitThePage() throws IOException {
    var broken = new ArrayList<String>();
    for (var file : files(MAIN, TEST)) {
      var lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).length() > LINE_MAX) {
          broken.add(file + ":" + (i + 1));
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void typesAreNotToldApartInChains() throws IOException {
    var broken = new ArrayList<String>();
    for (var file : files(MAIN)) {
      long count = Files.readString(file).split("\\binstanceof\\b", -1).length - 1L;
      if (count > INSTANCEOF_MAX) {
        broken.add(file + " asks " + count + " times");
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void everyPackageSaysWhatLivesThere() throws IOException {
    var broken = new ArrayList<String>();
    try (var folders = Files.walk(MAIN)) {
      for (var folder : folders.filter(Files::isDirectory).toList()) {
        boolean hasJava;
        try (var inside = Files.list(folder)) {
          hasJava = inside.anyMatch(f -> f.toString().endsWith(".java"));
        }
        var description = folder.resolve("package-info.java");
        if (hasJava && !Files.isRegularFile(description)) {
          broken.add(folder + " has no package-info.java");
        } else if (hasJava && !Files.readString(description).contains("@NullMarked")) {
          broken.add(folder + " is not @NullMarked");
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  private static List<Path> files(Path... roots) throws IOException {
    var files = new ArrayList<Path>();
    for (var root : roots) {
      try (var found = Files.walk(root)) {
        found.filter(file -> file.toString().endsWith(".java")).sorted().forEach(files::add);
      }
    }
    return files;
  }
}
