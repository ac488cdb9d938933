package io.raftkv.transport;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Cuts the bytes of one connection into frames. It takes at most twice the room of what has arrived
 * of a frame.
 */
final class FrameDecoder {
  private byte[] held = new byte[0];
  private int start;
  private int end;
  private int payloadBytesMax;

  FrameDecoder(int payloadBytesMax) {
    this.payloadBytesMax = payloadBytesMax;
  }

  /** From now on frames may be so long. */
  void allow(int bytes) {
    payloadBytesMax = bytes;
  }

  /** More bytes have arrived. */
  void add(byte[] bytes) {
    int kept = end - start;
    if (held.length - end < bytes.length) {
      var room = new byte[Math.max(kept + bytes.length, 2 * kept)];
      System.arraycopy(held, start, room, 0, kept);
      held = room;
      start = 0;
      end = kept;
    }
    System.arraycopy(bytes, 0, held, end, bytes.length);
    end += bytes.length;
  }

  /** Whether the begin of a frame is here that is not whole yet. */
  boolean isMidFrame() {
    return end > start;
  }

  /**
   * The next whole frame, if there is one; its payload is good until more is added.
   *
   * @throws WireException if what has arrived can be no frame
   */
  Optional<Frame> next() throws WireException {
    if (end - start < Frame.HEADER_BYTES) {
      return Optional.empty();
    }
    var buffer = ByteBuffer.wrap(held, start, end - start);
    int bytes = buffer.getInt();
    int checksum = buffer.getInt();
    byte code = buffer.get();
    if (bytes < 0 || bytes > payloadBytesMax) {
      throw new WireException("a frame of " + bytes + " bytes");
    }
    var type = Frame.Type.of(code);
    if (buffer.remaining() < bytes) {
      return Optional.empty();
    }
    var payload = buffer.slice().limit(bytes);
    if (Frame.checksum(bytes, code, payload) != checksum) {
      throw new WireException("a frame whose checksum does not match");
    }
    start += Frame.HEADER_BYTES + bytes;
    releaseIfEmpty();
    return Optional.of(new Frame(type, payload));
  }

  /** The array itself may still back a payload; it is dropped, never written to. */
  private void releaseIfEmpty() {
    if (start == end) {
      start = 0;
      end = 0;
      held = new byte[0];
    }
  }
}
