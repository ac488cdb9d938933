package io.raftkv.storage;

import io.raftkv.base.Bytes;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a snapshot file begins: what it is a snapshot of. It names no data directory, since any
 * server of the cluster may use it.
 *
 * @param bytes how many bytes of the file this header takes
 * @param checksum what stands at its end, and binds the blocks behind it to this file
 */
record SnapshotHeader(Snapshot snapshot, int bytes, int checksum) {
  private static final int MAGIC = 0x524b564e;
  static final int FORMAT = 1;
  private static final int FIXED_BYTES = 36;
  private static final int CONFIGURATION_BYTES_MAX = 1 << 16;

  static ByteBuffer encode(Snapshot snapshot) {
    var configuration = snapshot.configuration().encode();
    var id = snapshot.id();
    var buffer = ByteBuffer.allocate(FIXED_BYTES + configuration.length() + 4);
    buffer.putInt(MAGIC).putInt(FORMAT).putLong(id.index()).putLong(id.term());
    buffer.putLong(id.time()).putInt(configuration.length());
    configuration.copyTo(buffer);
    return buffer.putInt(checksum(buffer.duplicate().flip())).flip();
  }

  private static int checksum(ByteBuffer buffer) {
    var crc = new CRC32C();
    crc.update(buffer);
    return (int) crc.getValue();
  }

  /** The checksum at the end of an encoded header. */
  static int checksumOf(ByteBuffer encoded) {
    return encoded.getInt(encoded.limit() - 4);
  }

  static SnapshotHeader read(Disk.File file) throws IOException {
    var fixed = ByteBuffer.allocate(FIXED_BYTES);
    file.read(fixed, 0);
    fixed.flip();
    if (fixed.limit() < FIXED_BYTES || fixed.getInt(0) != MAGIC) {
      throw BadSnapshot.ofForeignFile();
    }
    int format = fixed.getInt(4);
    int length = fixed.getInt(FIXED_BYTES - 4);
    if (format > FORMAT && !isFlippedFormat(file, length)) {
      throw BadSnapshot.ofFormat(format, FORMAT);
    }
    if (format != FORMAT || isTooLong(length)) {
      throw new BadSnapshot("its header is damaged");
    }
    return decode(file, FIXED_BYTES + length + 4);
  }

  private static boolean isTooLong(int length) {
    return length < 0 || length > CONFIGURATION_BYTES_MAX;
  }

  /** Whether nothing but the format itself is wrong: then it is no later program that wrote it. */
  private static boolean isFlippedFormat(Disk.File file, int length) throws IOException {
    int bytes = FIXED_BYTES + length + 4;
    if (isTooLong(length) || file.size() < bytes) {
      return false;
    }
    var buffer = ByteBuffer.allocate(bytes);
    file.read(buffer, 0);
    buffer.flip().putInt(4, FORMAT);
    return checksumOf(buffer) == checksum(buffer.duplicate().limit(bytes - 4));
  }

  private static SnapshotHeader decode(Disk.File file, int bytes) throws IOException {
    var buffer = ByteBuffer.allocate(bytes);
    file.read(buffer, 0);
    buffer.flip();
    if (buffer.limit() < bytes
        || checksumOf(buffer) != checksum(buffer.duplicate().limit(bytes - 4))) {
      throw new BadSnapshot("its header is damaged");
    }
    buffer.position(8);
    var id = new SnapshotId(buffer.getLong(), buffer.getLong(), buffer.getLong());
    var configuration = new byte[buffer.getInt()];
    buffer.get(configuration);
    try {
      var snapshot = new Snapshot(id, Configuration.decodeOfState(Bytes.wrap(configuration)));
      return new SnapshotHeader(snapshot, bytes, checksumOf(buffer));
    } catch (IllegalArgumentException e) {
      throw new BadSnapshot(String.valueOf(e.getMessage()), e);
    }
  }
}
