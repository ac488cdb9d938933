package io.raftkv.transport;

/**
 * Bytes from a peer that are not what the protocol allows; the connection they came by is closed.
 */
public final class WireException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String message;

  WireException(String message) {
    super(message);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
