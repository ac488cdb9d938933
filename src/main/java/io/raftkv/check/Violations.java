package io.raftkv.check;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts what contradicts what into words. */
final class Violations {
  private Violations() {}

  static Optional<Verdict.Violation> found(String reason, Stream<Judged> operations) {
    return Optional.of(
        new Verdict.Violation(
            reason,
            operations
                .map(Judged::operation)
                .distinct()
                .sorted(Comparator.comparingLong(Operation::invoked))
                .toList()));
  }

  static Optional<Verdict.Violation> found(String reason, Judged... operations) {
    return found(reason, Stream.of(operations));
  }

  static Optional<Verdict.Violation> found(String reason, Judged last, List<Judged> before) {
    return found(reason, Stream.concat(before.stream(), Stream.of(last)));
  }

  /** Who asked what of which key, such as {@code client 3's getm on key}. */
  static String name(Judged judged) {
    var operation = judged.operation();
    String action = operation.action().toString();
    int end = action.indexOf(' ');
    return String.format(
        Locale.ROOT,
        "client %d's %s on %s",
        operation.client(),
        end < 0 ? action : action.substring(0, end),
        operation.key());
  }

  /** How {@code floor} came to be known, as the second half of a sentence. */
  static String because(Floor floor) {
    return floor
        .last()
        .map(
            last ->
                name(last)
                    + " had shown version "
                    + floor.version()
                    + (floor.isGone() ? " to be gone" : ""))
        .orElse("the key was still new");
  }
}
