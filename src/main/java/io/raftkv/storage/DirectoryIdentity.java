package io.raftkv.storage;

import io.raftkv.kv.Life;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * What the file {@code identity} holds: whose data these are.
 *
 * @param serverId the server they belong to
 * @param incarnation a random number made with the folder, never 0
 * @param life the latest run of the server
 * @param newestSegment the number of the newest log file, 0 before the first
 */
record DirectoryIdentity(int serverId, long incarnation, Life life, long newestSegment) {
  static final String FILE = "identity";
  static final int BYTES = 52;

  private static final int MAGIC = 0x524b5649;
  private static final int FORMAT = 1;

  DirectoryIdentity with(Life newLife) {
    return new DirectoryIdentity(serverId, incarnation, newLife, newestSegment);
  }

  DirectoryIdentity withNewestSegment(long number) {
    return new DirectoryIdentity(serverId, incarnation, life, number);
  }

  ByteBuffer encode() {
    var buffer = ByteBuffer.allocate(BYTES);
    buffer.putInt(MAGIC).putInt(FORMAT).putInt(serverId).putLong(incarnation);
    buffer.putLong(life.number()).putLong(life.random()).putLong(newestSegment).putInt(0);
    return buffer.putInt(crc(buffer)).flip();
  }

  private static int crc(ByteBuffer buffer) {
    var crc = new CRC32C();
    crc.update(buffer.array(), 0, BYTES - 4);
    return (int) crc.getValue();
  }

  /** Reads back what {@link #encode} wrote; throws {@link StorageFailure} for anything else. */
  static DirectoryIdentity decode(Path file, ByteBuffer buffer) {
    if (buffer.limit() < 8 || buffer.getInt() != MAGIC) {
      throw StorageFailure.damaged(file, 0, "this is no identity file");
    }
    int format = buffer.getInt();
    if (format > FORMAT) {
      throw StorageFailure.newerFormat(file, format, FORMAT);
    }
    if (buffer.limit() != BYTES) {
      throw StorageFailure.damaged(file, buffer.limit(), "the file is cut short or too long");
    }
    var identity =
        new DirectoryIdentity(
            buffer.getInt(),
            buffer.getLong(),
            new Life(buffer.getLong(), buffer.getLong()),
            buffer.getLong());
    buffer.getInt();
    if (buffer.getInt() != crc(buffer)) {
      throw StorageFailure.damaged(file, 0, "the checksum does not match");
    }
    return identity;
  }
}
