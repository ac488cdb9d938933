package io.raftkv.transport;

/** Bytes from a peer that are not what the protocol allows; the connection they came by is closed. */
final class WireException extends Exception {
  private static final long serialVersionUID = 1L;

  WireException(String message) {
    super(message);
  }
}
