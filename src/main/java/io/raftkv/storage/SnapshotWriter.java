package io.raftkv.storage;

import io.raftkv.kv.Image;
import io.raftkv.kv.ImageEncoder;
import io.raftkv.raft.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes a snapshot into an empty file. */
final class SnapshotWriter {
  private final Disk.File file;
  private final ByteBuffer block =
      ByteBuffer.allocateDirect(SnapshotBlock.HEADER_BYTES + SnapshotBlock.PAYLOAD_BYTES_MAX);
  private int headerChecksum;
  private long position;
  private long blocks;

  SnapshotWriter(Disk.File file) {
    this.file = file;
  }

  /** Writes it all; returns how many bytes the file has. */
  long write(Snapshot snapshot, Image image) throws IOException {
    var header = SnapshotHeader.encode(snapshot);
    headerChecksum = SnapshotHeader.checksumOf(header);
    put(header);
    var encoder = new ImageEncoder(image);
    boolean more = true;
    while (more) {
      block.clear().position(SnapshotBlock.HEADER_BYTES);
      more = encoder.encode(block);
      int length = block.position() - SnapshotBlock.HEADER_BYTES;
      if (length > 0) {
        putBlock(length);
      }
    }
    long content = position;
    block.clear().position(SnapshotBlock.HEADER_BYTES);
    block.putLong(content);
    putBlock(0);
    return position;
  }

  private void putBlock(int length) throws IOException {
    block.flip();
    var payload = block.duplicate().position(SnapshotBlock.HEADER_BYTES);
    block.putInt(0, length);
    block.putInt(4, SnapshotBlock.checksum(headerChecksum, blocks, length, payload));
    blocks++;
    put(block);
  }

  private void put(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    file.write(bytes, position);
    position += length;
  }
}
