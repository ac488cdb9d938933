package io.raftkv.bus;

/**
 * From the replica to the peer transport: the answer to an {@link OperatorRequest}.
 *
 * @param text lines for a tool to read; the first begins with {@link #OK} or {@link #REFUSED}
 */
public record OperatorReply(long id, String text) {
  /** It is done. */
  public static final String OK = "ok";

  /** It is not done; behind it stands why. */
  public static final String REFUSED = "refused ";
}
