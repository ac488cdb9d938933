package io.raftkv.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What a snapshot's content is cut into, so that damage is found where it is. A block's checksum
 * binds it to its file and its place, so that no block can stand for another.
 *
 * <pre>
 *   0          4        8
 *   +----------+--------+---------
 *   | payload  | CRC32C | payload
 *   | bytes    |        |
 *   +----------+--------+---------
 * </pre>
 *
 * The last block has length 0 and behind it, as its payload, how many bytes came before it.
 */
final class SnapshotBlock {
  static final int HEADER_BYTES = 8;
  static final int PAYLOAD_BYTES_MAX = 1 << 16;
  static final int END_BYTES = HEADER_BYTES + 8;

  private SnapshotBlock() {}

  /** The checksum of the block with this number, from 0, in the file with this header. */
  static int checksum(int headerChecksum, long number, int length, ByteBuffer payload) {
    var place = ByteBuffer.allocate(16).putInt(headerChecksum).putLong(number).putInt(length);
    var crc = new CRC32C();
    crc.update(place.flip());
    crc.update(payload.duplicate());
    return (int) crc.getValue();
  }
}
