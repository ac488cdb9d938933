package io.raftkv.storage;

import java.io.IOException;

/**
 * A force that failed. It is never tried again, whatever the reason: the system may have forgotten
 * what was to be written, and the next force would succeed without it.
 */
final class ForceFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private ForceFailure(IOException cause) {
    super("a force failed: " + cause.getMessage(), cause);
  }

  /** One force, of a file or a folder. */
  interface Force {
    void run() throws IOException;
  }

  /** Forces; an exception says by its type that it was the force that failed. */
  static void guard(Force force) throws ForceFailure {
    try {
      force.run();
    } catch (IOException e) {
      throw new ForceFailure(e);
    }
  }
}
