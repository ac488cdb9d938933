package io.raftkv.base;

/**
 * What a user or an operator can mend: its message is one line that says what, where and what to
 * do, and is shown without a stack trace.
 */
public class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitStatus status;

  public Failure(ExitStatus status, String message) {
    super(message);
    this.status = status;
  }

  public Failure(ExitStatus status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** What a program that must stop for this ends with. */
  public ExitStatus status() {
    return status;
  }
}
