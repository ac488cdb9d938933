package io.raftkv.storage;

import java.io.IOException;

/** A file that is not, or no longer, the snapshot that it should be. */
public final class BadSnapshot extends IOException {
  private static final long serialVersionUID = 1L;

  private final int newerFormat;

  private final boolean foreign;

  BadSnapshot(String what) {
    this(what, 0, false);
  }

  private BadSnapshot(String what, int newerFormat, boolean foreign) {
    super(what);
    this.newerFormat = newerFormat;
    this.foreign = foreign;
  }

  BadSnapshot(String what, Throwable cause) {
    super(what, cause);
    newerFormat = 0;
    foreign = false;
  }

  /** Nothing says that it ever was one. */
  static BadSnapshot ofForeignFile() {
    return new BadSnapshot("it does not begin like a snapshot", 0, true);
  }

  /** A later program has written it. */
  static BadSnapshot ofFormat(int format, int known) {
    return new BadSnapshot(
        "it has format %d, this program knows format %d".formatted(format, known), format, false);
  }

  /** Whether it does not even begin like a snapshot. */
  public boolean isForeign() {
    return foreign;
  }

  /** The format that this program does not know yet, 0 if that is not what is wrong. */
  int newerFormat() {
    return newerFormat;
  }
}
