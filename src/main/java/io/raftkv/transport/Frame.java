package io.raftkv.transport;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What travels between servers.
 *
 * <pre>
 *   0          4          8      9
 *   +----------+----------+------+------------------
 *   | payload  | CRC32C   | type | payload
 *   | bytes    | 4 to end |      |
 *   +----------+----------+------+------------------
 * </pre>
 *
 * The checksum covers length, type and payload.
 */
record Frame(Type type, ByteBuffer payload) {
  static final int HEADER_BYTES = 9;

  /** No frame carries more: an entry of the longest value that can be configured, and a bit. */
  static final int PAYLOAD_BYTES_MAX = 64 << 20;

  /** What a frame is for. */
  enum Type {
    /** The acceptor says who it is, with a number to be said back. */
    HELLO(1),
    /** The dialler says who it is, and the number. */
    HELLO_BACK(2),
    /** The acceptor has accepted; from now on messages count. */
    WELCOME(3),
    /** What the acceptor said of itself in its hello has changed. */
    IDENTITY(4),
    /** A message. */
    MESSAGE(5),
    /** The dialler asks for a sign of life. */
    PING(6),
    /** The acceptor gives it. */
    PONG(7),
    /** As HELLO_BACK, of a connection that carries one snapshot and nothing else. */
    SNAPSHOT_HELLO(8),
    /** The dialler says which snapshot it has, and how long its file is. */
    OFFER(9),
    /** The acceptor says from which byte on it wants it. */
    WANT(10),
    /** The dialler sends some bytes of it, with their place. */
    CHUNK(11),
    /** The acceptor has the snapshot, or a newer one. */
    DELIVERED(12),
    /** As HELLO_BACK, of somebody on this machine who looks after the servers. */
    OPERATOR_HELLO(13),
    /** An operator's tool asks for something, in words. */
    REQUEST(14),
    /** The acceptor's answer, in words. */
    REPLY(15);

    private static final Type[] TYPES = values();

    private final byte code;

    Type(int code) {
      this.code = (byte) code;
    }

    static Type of(byte code) throws WireException {
      for (var type : TYPES) {
        if (type.code == code) {
          return type;
        }
      }
      throw new WireException("a frame of type " + code);
    }
  }

  static int checksum(int payloadBytes, byte type, ByteBuffer payload) {
    var crc = new CRC32C();
    for (int shift = 24; shift >= 0; shift -= 8) {
      crc.update(payloadBytes >>> shift);
    }
    crc.update(type);
    crc.update(payload.duplicate());
    return (int) crc.getValue();
  }

  /** Closes the frame that begins at {@code start} and ends at the buffer's position. */
  static void finish(ByteBuffer buffer, int start, Type type) {
    int bytes = buffer.position() - start - HEADER_BYTES;
    var payload = buffer.duplicate().flip().position(start + HEADER_BYTES);
    buffer.putInt(start, bytes);
    buffer.putInt(start + 4, checksum(bytes, type.code, payload));
    buffer.put(start + 8, type.code);
  }

  /** A frame with this payload. */
  static byte[] of(Type type, ByteBuffer payload) {
    var buffer = ByteBuffer.allocate(HEADER_BYTES + payload.remaining()).position(HEADER_BYTES);
    buffer.put(payload);
    finish(buffer, 0, type);
    return buffer.array();
  }

  /** A frame without a payload. */
  static byte[] empty(Type type) {
    var buffer = ByteBuffer.allocate(HEADER_BYTES).position(HEADER_BYTES);
    finish(buffer, 0, type);
    return buffer.array();
  }
}
