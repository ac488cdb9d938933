package io.raftkv.tools;

import java.io.PrintStream;

/** What the tester says, line by line, and how it went so far. */
final class Journal {
  private final PrintStream out;
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

  void detail(String text) {
    line("        " + text);
  }

  void passed(String scenario, long millis) {
    passed++;
    line("  PASS  %s (%d.%03d s)".formatted(scenario, millis / 1000, millis % 1000));
  }

  void failed(String scenario, String reason) {
    failed++;
    line("  FAIL  " + scenario);
    detail(reason);
  }

  void skipped(String scenario, String reason) {
    skipped++;
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
