package io.raftkv.storage;

import java.io.IOException;

/** A file that is not, or no longer, the snapshot that it should be. */
public final class BadSnapshot extends IOException {
  private static final long serialVersionUID = 1L;

  private final int newerFormat;

  BadSnapshot(String what) {
    super(what);
    newerFormat = 0;
  }

  private BadSnapshot(String what, int newerFormat) {
    super(what);
    this.newerFormat = newerFormat;
  }

  BadSnapshot(String what, Throwable cause) {
    super(what, cause);
    newerFormat = 0;
  }

  /** A later program has written it. */
  static BadSnapshot ofFormat(int format, int known) {
    return new BadSnapshot(
        "it has format %d, this program knows format %d".formatted(format, known), format);
  }

  /** The format that this program does not know yet, 0 if that is not what is wrong. */
  int newerFormat() {
    return newerFormat;
  }
}
