package io.raftkv.kv;

import io.raftkv.base.Bytes;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A command with its id, as an entry of the log holds it; without a command it is a <em>void</em>,
 * which uses up its sequence and does nothing else.
 *
 * <pre>
 *   0        1        2          6            14            22          30
 *   +--------+--------+----------+------------+-------------+-----------+---------
 *   | format | kind   | origin   | life       | life's      | sequence  | command
 *   |   1    | 0 to 3 | 4 bytes  | number, 8  | random, 8   | 8 bytes   |
 *   +--------+--------+----------+------------+-------------+-----------+---------
 *   kind 0: void      no command
 *   kind 1: set       exptime 4, key length 1, key, value
 *   kind 2: cas       exptime 4, version 8, key length 1, key, value
 *   kind 3: delete    key
 * </pre>
 *
 * Numbers are big-endian.
 */
public record Proposal(RequestId id, Optional<Request.Command> command) {
  private static final byte FORMAT = 1;
  private static final byte VOID = 0;
  private static final byte SET = 1;
  private static final byte CAS = 2;
  private static final byte DELETE = 3;
  private static final int HEADER_BYTES = 30;
  private static final int SET_BYTES = HEADER_BYTES + 4 + 1;
  private static final int CAS_BYTES = HEADER_BYTES + 4 + 8 + 1;
  private static final int KEY_BYTES_MAX = 255;

  /** The bytes of an entry. */
  public Bytes encode() {
    return command.map(present -> present.dispatch(new Encoder(id))).orElseGet(this::encodeVoid);
  }

  /** The same number without a command: it is used up, and nothing else is done. */
  public Proposal asVoid() {
    return new Proposal(id, Optional.empty());
  }

  /** Whether it may make the store grow. */
  public boolean mayGrow() {
    return command.map(present -> present.dispatch(new MayGrow())).orElse(false);
  }

  private static final class MayGrow implements Request.CommandHandler<Boolean> {
    @Override
    public Boolean onSet(Request.Set set) {
      return true;
    }

    @Override
    public Boolean onCas(Request.Cas cas) {
      return true;
    }

    @Override
    public Boolean onDelete(Request.Delete delete) {
      return false;
    }
  }

  private Bytes encodeVoid() {
    return Bytes.wrap(header(id, VOID, HEADER_BYTES).array());
  }

  private static ByteBuffer header(RequestId id, byte kind, int bytes) {
    return ByteBuffer.allocate(bytes)
        .put(FORMAT)
        .put(kind)
        .putInt(id.origin())
        .putLong(id.life().number())
        .putLong(id.life().random())
        .putLong(id.sequence());
  }

  private record Encoder(RequestId id) implements Request.CommandHandler<Bytes> {
    @Override
    public Bytes onSet(Request.Set set) {
      int bytes = SET_BYTES + set.key().length() + set.value().length();
      var buffer = header(id, SET, bytes).putInt(set.exptime());
      return finish(buffer, set.key(), set.value());
    }

    @Override
    public Bytes onCas(Request.Cas cas) {
      int bytes = CAS_BYTES + cas.key().length() + cas.value().length();
      var buffer = header(id, CAS, bytes).putInt(cas.exptime()).putLong(cas.version());
      return finish(buffer, cas.key(), cas.value());
    }

    @Override
    public Bytes onDelete(Request.Delete delete) {
      var buffer = header(id, DELETE, HEADER_BYTES + delete.key().length());
      delete.key().copyTo(buffer);
      return Bytes.wrap(buffer.array());
    }

    private static Bytes finish(ByteBuffer buffer, Bytes key, Bytes value) {
      if (key.length() > KEY_BYTES_MAX) {
        throw new IllegalArgumentException("a key of " + key.length() + " bytes");
      }
      buffer.put((byte) key.length());
      key.copyTo(buffer);
      value.copyTo(buffer);
      return Bytes.wrap(buffer.array());
    }
  }

  /**
   * The inverse of {@link #encode}; key and value share the array of {@code encoded}.
   *
   * @throws IllegalArgumentException if these bytes are no proposal
   */
  public static Proposal decode(Bytes encoded) {
    var buffer = headerOf(encoded);
    byte kind = encoded.at(1);
    var id = readId(buffer);
    return switch (kind) {
      case VOID -> decodeVoid(id, encoded);
      case SET -> new Proposal(id, Optional.of(decodeSet(buffer, encoded)));
      case CAS -> new Proposal(id, Optional.of(decodeCas(buffer, encoded)));
      case DELETE -> new Proposal(id, Optional.of(decodeDelete(encoded)));
      default -> throw new IllegalArgumentException("a proposal of kind " + kind);
    };
  }

  private static ByteBuffer headerOf(Bytes encoded) {
    if (encoded.length() < HEADER_BYTES) {
      throw new IllegalArgumentException("a proposal of " + encoded.length() + " bytes");
    }
    if (encoded.at(0) != FORMAT) {
      throw new IllegalArgumentException("a proposal of format " + encoded.at(0));
    }
    return encoded.toByteBuffer().position(2);
  }

  private static RequestId readId(ByteBuffer buffer) {
    return new RequestId(
        buffer.getInt(), new Life(buffer.getLong(), buffer.getLong()), buffer.getLong());
  }

  private static Proposal decodeVoid(RequestId id, Bytes encoded) {
    if (encoded.length() != HEADER_BYTES) {
      throw new IllegalArgumentException("a void of " + encoded.length() + " bytes");
    }
    return new Proposal(id, Optional.empty());
  }

  private static Request.Set decodeSet(ByteBuffer buffer, Bytes encoded) {
    int keyEnd = keyEnd(encoded, SET_BYTES);
    int exptime = exptime(buffer);
    var key = encoded.slice(SET_BYTES, keyEnd - SET_BYTES);
    return new Request.Set(key, exptime, encoded.slice(keyEnd, encoded.length() - keyEnd));
  }

  private static Request.Cas decodeCas(ByteBuffer buffer, Bytes encoded) {
    int keyEnd = keyEnd(encoded, CAS_BYTES);
    int exptime = exptime(buffer);
    long version = buffer.getLong();
    var key = encoded.slice(CAS_BYTES, keyEnd - CAS_BYTES);
    return new Request.Cas(key, exptime, version, encoded.slice(keyEnd, encoded.length() - keyEnd));
  }

  private static Request.Delete decodeDelete(Bytes encoded) {
    int length = encoded.length() - HEADER_BYTES;
    if (length < 1 || length > KEY_BYTES_MAX) {
      throw new IllegalArgumentException("a key of " + length + " bytes");
    }
    return new Request.Delete(encoded.slice(HEADER_BYTES, length));
  }

  /** Where the key ends that begins at {@code start}; its length stands right before it. */
  private static int keyEnd(Bytes encoded, int start) {
    int length = encoded.length() < start ? 0 : encoded.at(start - 1) & 0xff;
    if (length == 0 || encoded.length() - start < length) {
      throw new IllegalArgumentException("a proposal of " + encoded.length() + " bytes, cut short");
    }
    return start + length;
  }

  private static int exptime(ByteBuffer buffer) {
    int exptime = buffer.getInt();
    if (exptime < 0) {
      throw new IllegalArgumentException("an exptime of " + exptime);
    }
    return exptime;
  }
}
