package io.raftkv.tools;

import java.io.PrintStream;

/** What the tester says, line by line, and how it went so far. */
final class Journal {
  private final PrintStream out;
  private String heading = "";
  private int passed;
  private int failed;
  private int skipped;

  Journal(PrintStream out) {
    this.out = out;
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }

  /** Begins a scenario; its name is said before the first detail, if there is one. */
  void begin(String scenario) {
    heading = scenario;
  }

  void detail(String text) {
    if (!heading.isEmpty()) {
      line("  ....  " + heading);
      heading = "";
    }
    line("        " + text);
  }

  void passed(String scenario, long millis) {
    passed++;
    heading = "";
    line("  PASS  %s (%d.%03d s)".formatted(scenario, millis / 1000, millis % 1000));
  }

  void failed(String scenario, String reason) {
    failed++;
    heading = "";
    line("  FAIL  " + scenario);
    detail(reason);
  }

  void skipped(String scenario, String reason) {
    skipped++;
    heading = "";
    line("  SKIP  " + scenario);
    detail(reason);
  }

  /** The last line; returns whether nothing failed and something passed. */
  boolean end() {
    line(
        "%d passed, %d failed%s"
            .formatted(passed, failed, skipped == 0 ? "" : ", " + skipped + " skipped"));
    return failed == 0 && passed > 0;
  }
}
