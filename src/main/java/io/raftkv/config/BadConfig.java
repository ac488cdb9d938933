package io.raftkv.config;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;

/** A configuration that cannot be used; the message begins with where it stands. */
final class BadConfig extends Failure {
  private static final long serialVersionUID = 1L;

  BadConfig(String source, String what) {
    super(ExitStatus.CONFIGURATION, source + ": " + what);
  }

  BadConfig(String source, String what, Throwable cause) {
    super(ExitStatus.CONFIGURATION, source + ": " + what, cause);
  }
}
