package io.raftkv.check;

import io.raftkv.base.Bytes;
import java.util.Locale;

/**
 * One request of a client and what became of it.
 *
 * @param client who asked; one client may have several operations under way
 * @param invoked when it was asked, in nanoseconds of one clock for the whole history
 * @param returned when the answer was there, on the same clock; {@link #NEVER} if the outcome is
 *     unknown
 */
public record Operation(
    int client, Bytes key, Action action, Outcome outcome, long invoked, long returned) {
  /** The return of an operation whose outcome is not known. */
  public static final long NEVER = Long.MAX_VALUE;

  public Operation {
    if (returned < invoked) {
      throw new IllegalArgumentException("returned " + returned + " before " + invoked);
    }
    if (outcome instanceof Outcome.Unknown != (returned == NEVER)) {
      throw new IllegalArgumentException("an unknown outcome never returns, a known one does");
    }
  }

  /**
   * One line for people, such as {@code client 3: set 0 'x' on key -> OK 5 (2.000 .. 2.750 ms)}.
   */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "client %d: %s on %s -> %s (%s .. %s ms)",
        client,
        action,
        key,
        outcome,
        millis(invoked),
        returned == NEVER ? "never" : millis(returned));
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
  }
}
