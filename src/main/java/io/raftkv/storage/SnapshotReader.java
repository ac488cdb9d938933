package io.raftkv.storage;

import io.raftkv.raft.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Reads a snapshot file from its first byte to its last, and believes nothing. */
final class SnapshotReader {
  private final Disk.File file;
  private final SnapshotHeader header;
  private final ByteBuffer block =
      ByteBuffer.allocateDirect(SnapshotBlock.HEADER_BYTES + SnapshotBlock.PAYLOAD_BYTES_MAX);
  private long position;
  private long blocks;

  /** Reads the header; throws {@link BadSnapshot} if there is none. */
  SnapshotReader(Disk.File file) throws IOException {
    this.file = file;
    header = SnapshotHeader.read(file);
    position = header.bytes();
  }

  Snapshot snapshot() {
    return header.snapshot();
  }

  /**
   * Gives the content, block by block.
   *
   * @throws BadSnapshot if anything is not as it was written
   */
  void read(Consumer<ByteBuffer> content) throws IOException {
    boolean goesOn = true;
    while (goesOn) {
      goesOn = readBlock(content);
    }
  }

  /** Where what was not read yet begins, in bytes from the begin of the file. */
  long position() {
    return position;
  }

  /**
   * Gives the content of the next block; returns whether there are more.
   *
   * @throws BadSnapshot if it is not as it was written, or anything stands behind the last
   */
  boolean readBlock(Consumer<ByteBuffer> content) throws IOException {
    block.clear();
    file.read(block, position);
    block.flip();
    int length = block.limit() < SnapshotBlock.HEADER_BYTES ? -1 : block.getInt(0);
    int payloadBytes = length == 0 ? SnapshotBlock.END_BYTES - SnapshotBlock.HEADER_BYTES : length;
    int bytes = SnapshotBlock.HEADER_BYTES + payloadBytes;
    if (length < 0 || length > SnapshotBlock.PAYLOAD_BYTES_MAX || block.limit() < bytes) {
      throw damaged("it is cut short or damaged");
    }
    var payload = block.limit(bytes).position(SnapshotBlock.HEADER_BYTES);
    if (block.getInt(4) != SnapshotBlock.checksum(header.checksum(), blocks, length, payload)) {
      throw damaged("a checksum does not match");
    }
    if (length == 0) {
      checkEnd(payload.getLong());
    } else {
      give(payload, content);
    }
    position += bytes;
    blocks++;
    if (length == 0 && file.size() != position) {
      throw endsWrong("there are bytes behind its end");
    }
    return length > 0;
  }

  private void give(ByteBuffer payload, Consumer<ByteBuffer> content) throws BadSnapshot {
    try {
      content.accept(payload);
    } catch (IllegalArgumentException e) {
      throw new BadSnapshot("the block at byte " + position + ": " + e.getMessage(), e);
    }
  }

  private void checkEnd(long bytesBefore) throws BadSnapshot {
    if (bytesBefore != position) {
      throw endsWrong("it should end at byte " + bytesBefore);
    }
  }

  private BadSnapshot endsWrong(String what) {
    return new BadSnapshot("at byte " + position + ": " + what);
  }

  private BadSnapshot damaged(String what) {
    return new BadSnapshot("the block at byte " + position + ": " + what);
  }
}
