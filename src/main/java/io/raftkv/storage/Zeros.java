package io.raftkv.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Fills files with zeros: forcing bytes inside a filled file is twice as fast as growing it. */
final class Zeros {
  private static final int CHUNK_BYTES = 1 << 20;

  private Zeros() {}

  static void fill(Disk.File file, long from, long bytes) throws IOException {
    var chunk = ByteBuffer.allocateDirect((int) Math.min(bytes, CHUNK_BYTES));
    for (long at = from; at < from + bytes; at += chunk.capacity()) {
      chunk.position(0).limit((int) Math.min(chunk.capacity(), from + bytes - at));
      file.write(chunk, at);
    }
  }
}
