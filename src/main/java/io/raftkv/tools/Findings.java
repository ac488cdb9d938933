package io.raftkv.tools;

import io.raftkv.check.Verdict;
import java.util.Optional;

/** What was found wrong; the first contradiction counts. */
final class Findings {
  private Optional<Verdict.Violation> violation = Optional.empty();
  private Optional<String> doubt = Optional.empty();

  synchronized void violated(Verdict.Violation found) {
    if (violation.isEmpty()) {
      violation = Optional.of(found);
    }
  }

  synchronized void undecided(String reason) {
    if (doubt.isEmpty()) {
      doubt = Optional.of(reason);
    }
  }

  synchronized Optional<Verdict.Violation> violation() {
    return violation;
  }

  /** Why not everything could be judged. */
  synchronized Optional<String> doubt() {
    return doubt;
  }
}
