package io.raftkv.transport;

/** A server does not do what an operator asks; the message says why. */
public final class OperatorRefusal extends Exception {
  private static final long serialVersionUID = 1;

  OperatorRefusal(String reason) {
    super(reason);
  }
}
