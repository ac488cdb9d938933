package io.raftkv.storage;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How every log file begins: whose it is, and what was true where it begins, so that each file can
 * be read and judged by itself.
 *
 * @param fileBytes the size that the file was given before it was used; it never shrinks
 * @param chain the header checksum of the last batch of the file before, 0 in the first file
 * @param batches how many batches the files before hold
 * @param state what the records of the files before come to
 */
record SegmentHeader(
    long incarnation, long number, long fileBytes, int chain, long batches, LogSummary state) {
  static final int BYTES = 88;

  private static final int MAGIC = 0x524b5653;
  private static final int FORMAT = 1;

  /** The checksum that stands at the end of this header, and that the first batch chains to. */
  static int checksum(ByteBuffer header) {
    var crc = new CRC32C();
    crc.update(header.duplicate().position(0).limit(BYTES - 4));
    return (int) crc.getValue();
  }

  ByteBuffer encode() {
    var buffer = ByteBuffer.allocate(BYTES);
    buffer.putInt(MAGIC).putInt(FORMAT).putLong(incarnation).putLong(number).putLong(fileBytes);
    buffer.putInt(chain).putLong(batches).putLong(state.term()).putInt(state.votedFor());
    buffer.putLong(state.clusterId()).putLong(state.lastIndex()).position(BYTES - 4);
    return buffer.putInt(checksum(buffer)).flip();
  }

  /** Whether a file begins with a header as it was written. */
  static boolean isIntact(ByteBuffer segment) {
    return segment.limit() >= BYTES
        && segment.getInt(0) == MAGIC
        && segment.getInt(BYTES - 4) == checksum(segment);
  }

  /** Whether a file says that a later version of this program wrote it. */
  static boolean isNewer(ByteBuffer segment) {
    return segment.limit() >= 8 && segment.getInt(0) == MAGIC && segment.getInt(4) > FORMAT;
  }

  /** The header at the begin of a file, if it is intact and of a format that is known. */
  static Optional<SegmentHeader> ifIntact(Path file, ByteBuffer segment) {
    return isIntact(segment) && !isNewer(segment)
        ? Optional.of(decode(file, segment))
        : Optional.empty();
  }

  /** Refuses a file that has become shorter than it was made. */
  void checkLength(Path file, long bytes) {
    if (bytes < fileBytes) {
      throw StorageFailure.damaged(
          file, bytes, "the file is cut short, it had " + fileBytes + " bytes");
    }
  }

  /** Reads the header at the begin of a file; throws {@link StorageFailure} if there is none. */
  static SegmentHeader decode(Path file, ByteBuffer segment) {
    if (segment.limit() < BYTES) {
      throw StorageFailure.damaged(file, segment.limit(), "the file is cut short");
    }
    var buffer = segment.duplicate().position(0).limit(BYTES);
    boolean isOurs = buffer.getInt() == MAGIC;
    int format = buffer.getInt();
    if (isOurs && format > FORMAT) {
      throw StorageFailure.newerFormat(file, format, FORMAT);
    }
    if (!isOurs || buffer.getInt(BYTES - 4) != checksum(buffer)) {
      throw StorageFailure.damaged(file, 0, "the file's header is damaged");
    }
    return new SegmentHeader(
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getInt(),
        buffer.getLong(),
        new LogSummary(buffer.getLong(), buffer.getInt(), buffer.getLong(), buffer.getLong()));
  }
}
