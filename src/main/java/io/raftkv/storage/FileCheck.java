package io.raftkv.storage;

import java.io.IOException;

/** A file at rest that is read once more, piece by piece, with what its format offers to check. */
interface FileCheck {
  /**
   * Reads and checks the next piece, 64 KiB at most and a little.
   *
   * @return how many bytes were read, 0 when the file was read to its end and is intact
   * @throws BadSnapshot if it is no longer the snapshot that was written
   * @throws StorageFailure if it is no longer the log file that was written
   * @throws IOException if it cannot be read
   */
  int readOn() throws IOException;

  /** Where the next piece begins, in bytes from the begin of the file. */
  long position();
}
