package io.raftkv.storage;

import java.io.IOException;

/** A file that is not, or no longer, the snapshot that it should be. */
public final class BadSnapshot extends IOException {
  private static final long serialVersionUID = 1L;

  BadSnapshot(String what) {
    super(what);
  }

  BadSnapshot(String what, Throwable cause) {
    super(what, cause);
  }
}
