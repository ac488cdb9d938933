package io.raftkv.check;

import java.util.List;

/** What a check found. */
public sealed interface Verdict {
  /** Every answer can be explained. */
  record Linearizable(long operations, long unknown) implements Verdict {}

  /**
   * No order of these operations explains their answers.
   *
   * @param reason one sentence that names what contradicts what
   * @param operations the fewest operations found that contradict each other, by invocation
   */
  record Violation(String reason, List<Operation> operations) implements Verdict {}

  /** The search was given up for this reason: neither good nor bad. */
  record Undecided(String reason) implements Verdict {}
}
