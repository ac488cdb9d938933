package io.raftkv.storage;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * What stands before the records of each batch. Its own checksum is apart from that of the payload,
 * so that a damaged length is known to be damaged; it also covers where the batch stands and whose
 * log it is, so that no value of a client can look like a batch, and no batch of another place or
 * time like one of here.
 *
 * @param chain the header checksum of the batch before, or of the segment's header
 * @param number the batches of the log are numbered 1, 2, 3, …
 */
record BatchHeader(int payloadBytes, int chain, int payloadChecksum, long number) {
  static final int BYTES = 28;

  private static final int MAGIC = 0x524b4254;

  /** Where a log and a place in it begin to be told apart from all others. */
  record Place(long incarnation, long segment, long offset) {}

  /** Writes the header at the buffer's position; returns its checksum. */
  int encode(ByteBuffer buffer, Place place) {
    int start = buffer.position();
    buffer.putInt(MAGIC).putInt(payloadBytes).putInt(chain).putInt(payloadChecksum);
    buffer.putLong(number);
    int checksum = checksum(buffer, start, place);
    buffer.putInt(checksum);
    return checksum;
  }

  private static int checksum(ByteBuffer buffer, int start, Place place) {
    var crc = new CRC32C();
    var salt = ByteBuffer.allocate(24);
    salt.putLong(place.incarnation()).putLong(place.segment()).putLong(place.offset());
    crc.update(salt.flip());
    crc.update(buffer.duplicate().position(start).limit(start + BYTES - 4));
    return (int) crc.getValue();
  }

  /** Whether an intact header stands at the offset of {@code place}. */
  static boolean isAt(ByteBuffer segment, Place place) {
    return isAt(segment, (int) place.offset(), place);
  }

  /** The same, if the buffer holds a part of the segment, and that place is at {@code start}. */
  static boolean isAt(ByteBuffer part, int start, Place place) {
    return start + BYTES <= part.limit()
        && part.getInt(start) == MAGIC
        && part.getInt(start + BYTES - 4) == checksum(part, start, place);
  }

  /**
   * Where from {@code start} on an intact header stands, -1 if nowhere; batches are aligned to 8.
   */
  static long next(ByteBuffer segment, long incarnation, long number, int start) {
    for (int at = start; at + BYTES <= segment.limit(); at += 8) {
      if (isAt(segment, new Place(incarnation, number, at))) {
        return at;
      }
    }
    return -1;
  }

  /** Reads the header at {@code start}, which must be intact. */
  static BatchHeader decode(ByteBuffer segment, int start) {
    return new BatchHeader(
        segment.getInt(start + 4),
        segment.getInt(start + 8),
        segment.getInt(start + 12),
        segment.getLong(start + 16));
  }

  /** Refuses a batch that is not the next behind {@code batches}, whose last has this checksum. */
  void checkFollows(Path file, long at, int lastChecksum, long batches) {
    if (chain != lastChecksum || number != batches + 1) {
      throw StorageFailure.damaged(
          file, at, "batch %d does not follow batch %d".formatted(number, batches));
    }
  }

  /** The checksum of the header at {@code start}. */
  static int checksumAt(ByteBuffer segment, int start) {
    return segment.getInt(start + BYTES - 4);
  }

  static int payloadChecksum(ByteBuffer payload) {
    var crc = new CRC32C();
    crc.update(payload);
    return (int) crc.getValue();
  }

  /** How much room a batch takes: batches begin at multiples of 8. */
  static int room(int payloadBytes) {
    return (BYTES + payloadBytes + 7) & ~7;
  }
}
