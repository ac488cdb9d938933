package io.raftkv.tools;

import io.raftkv.check.Operation;
import io.raftkv.check.Verdict;
import java.util.ArrayList;
import java.util.List;

/** Operations that contradict each other, as lines that a person can follow. */
final class Counterexample {
  private Counterexample() {}

  /** A heading, a line for each operation, and the sentence that says why it cannot be. */
  static List<String> lines(Verdict.Violation violation, Clients clients) {
    var lines = new ArrayList<String>();
    var operations = violation.operations();
    if (operations.isEmpty()) {
      lines.add("not linearizable: " + violation.reason());
      return lines;
    }
    lines.add("not linearizable; times are in ms from the first request below:");
    long start = operations.stream().mapToLong(Operation::invoked).min().orElseThrow();
    var rows = new ArrayList<List<String>>();
    for (var operation : operations) {
      rows.add(row(operation, clients, start));
    }
    lines.addAll(aligned(rows));
    lines.add("impossible: " + violation.reason());
    return lines;
  }

  private static List<String> row(Operation operation, Clients clients, long start) {
    boolean known = operation.returned() != Operation.NEVER;
    return List.of(
        "client " + operation.client(),
        "server " + clients.server(operation.client()).id(),
        operation.action().toString(),
        "on " + operation.key(),
        "-> " + operation.outcome(),
        "from " + millis(operation.invoked() - start),
        "to " + (known ? millis(operation.returned() - start) : "?"));
  }

  private static String millis(long nanos) {
    return "%d.%03d".formatted(nanos / 1_000_000, nanos / 1000 % 1000);
  }

  private static List<String> aligned(List<List<String>> rows) {
    var widths = new int[rows.get(0).size()];
    for (var row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    var lines = new ArrayList<String>();
    for (var row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append("  ").append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length()));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
