package io.raftkv.check;

import io.raftkv.base.Bytes;

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
}
