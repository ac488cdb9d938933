package io.raftkv.protocol;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Request;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Cuts the bytes of one connection into requests, with the same result however the network cut them
 * into packets. It keeps of a line at most 2,048 bytes, and of a value at most what has arrived
 * twice over.
 *
 * <pre>
 *            ┌──────────── get, getm, delete ────────────┐
 *            ▼                                            │
 *   ──▶ LINE ──── set, cas ───▶ VALUE ──▶ VALUE_END ──────┤
 *         │  └─ malformed, a value follows ─▶ SKIP ─▶ SKIP_END ─┤
 *         └─ too long ─▶ LONG_LINE ──────────────▲        │
 *                              DROP (to the line end) ◀── no line end behind a value
 * </pre>
 *
 * Leading zeros of numbers are allowed. A carriage return belongs to a line end only right before a
 * line feed; anywhere else it is a byte like others, which no field may contain.
 */
final class RequestParser {
  private static final byte[] GET = "get".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] GETM = "getm".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SET = "set".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CAS = "cas".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DELETE = "delete".getBytes(StandardCharsets.US_ASCII);
  private static final int FIRST_VALUE_BYTES = 16 << 10;

  private enum State {
    LINE,
    LONG_LINE,
    VALUE,
    VALUE_END,
    SKIP,
    SKIP_END,
    DROP
  }

  /** What the parser finds. */
  interface Sink {
    /** A whole request has arrived. */
    void request(Request request);

    /** Something has arrived that is none. */
    void malformed();
  }

  private final int valueBytesMax;
  private State state = State.LINE;
  private byte[] line = new byte[0];
  private int lineLength;
  private LineShape shape = new LineShape();

  /** What the value that is being read completes. */
  private Function<Bytes, Request> command = Request.Delete::new;

  private byte[] value = new byte[0];
  private int valueBytes;
  private int valueLength;
  private int toSkip;
  private boolean sawReturn;

  RequestParser(int valueBytesMax) {
    this.valueBytesMax = valueBytesMax;
  }

  /** How much memory an unfinished value takes. */
  int heldBytes() {
    return value.length;
  }

  /** Whether a request has begun to arrive and has not ended. */
  boolean isInside() {
    return state != State.LINE || lineLength > 0;
  }

  /** The bytes from {@code from} to {@code to} have arrived. */
  void feed(byte[] bytes, int from, int to, Sink sink) {
    int at = from;
    while (at < to) {
      at =
          switch (state) {
            case LINE -> feedLine(bytes, at, to, sink);
            case LONG_LINE -> feedLongLine(bytes, at, to);
            case VALUE -> feedValue(bytes, at, to);
            case VALUE_END -> feedValueEnd(bytes[at], at, sink);
            case SKIP -> feedSkip(at, to);
            case SKIP_END -> feedSkipEnd(bytes[at], at);
            case DROP -> feedDrop(bytes, at, to);
          };
    }
  }

  private static int lineFeed(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private int feedLine(byte[] bytes, int from, int to, Sink sink) {
    int end = lineFeed(bytes, from, to);
    if (lineLength == 0 && end < to) {
      endLine(bytes, from, end, sink);
      return end + 1;
    }
    int room = ProtocolLimits.LINE_BYTES_MAX + 1 - lineLength;
    int taken = Math.min(end - from, room);
    keep(bytes, from, taken);
    if (taken < end - from || isTooLong()) {
      beginLongLine(sink);
      return from + taken;
    }
    if (end == to) {
      return to;
    }
    int length = lineLength;
    lineLength = 0;
    endLine(line, 0, length, sink);
    return end + 1;
  }

  /** One byte more than a line may have, unless that belongs to its end. */
  private boolean isTooLong() {
    return lineLength > ProtocolLimits.LINE_BYTES_MAX && line[lineLength - 1] != '\r';
  }

  private void keep(byte[] bytes, int from, int count) {
    if (line.length < lineLength + count) {
      int size = Math.max(lineLength + count, Math.min(2 * line.length, 256));
      line = Arrays.copyOf(line, Math.min(size, ProtocolLimits.LINE_BYTES_MAX + 1));
    }
    System.arraycopy(bytes, from, line, lineLength, count);
    lineLength += count;
  }

  private void beginLongLine(Sink sink) {
    sink.malformed();
    shape = new LineShape();
    sawReturn = false;
    int length = lineLength;
    lineLength = 0;
    state = State.LONG_LINE;
    feedLongLine(line, 0, length);
  }

  private int feedLongLine(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      byte b = bytes[at];
      if (b == '\n') {
        passOver(shape.valueBytes());
        return at + 1;
      }
      if (sawReturn) {
        shape.feed((byte) '\r');
      }
      sawReturn = b == '\r';
      if (!sawReturn) {
        shape.feed(b);
      }
    }
    return to;
  }

  private void endLine(byte[] bytes, int from, int lineFeed, Sink sink) {
    int end = lineFeed > from && bytes[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
    boolean tooLong = end - from > ProtocolLimits.LINE_BYTES_MAX;
    if (tooLong || !parse(new CommandLine(bytes, from, end), sink)) {
      sink.malformed();
      shape = new LineShape();
      shape.feed(bytes, from, end);
      passOver(shape.valueBytes());
    }
  }

  private boolean parse(CommandLine fields, Sink sink) {
    return switch (fields.fields()) {
      case 2 -> fields.isKey(1) && parseKeyOnly(fields, sink);
      case 4 -> fields.verbIs(SET) && fields.isKey(1) && parseSet(fields);
      case 5 -> fields.verbIs(CAS) && fields.isKey(1) && parseCas(fields);
      default -> false;
    };
  }

  private boolean parseKeyOnly(CommandLine fields, Sink sink) {
    if (fields.verbIs(GET)) {
      sink.request(new Request.Get(fields.key(1)));
    } else if (fields.verbIs(GETM)) {
      sink.request(new Request.GetMeta(fields.key(1)));
    } else if (fields.verbIs(DELETE)) {
      sink.request(new Request.Delete(fields.key(1)));
    } else {
      return false;
    }
    return true;
  }

  private boolean parseSet(CommandLine fields) {
    long exptime = fields.number(2, Integer.MAX_VALUE);
    long bytes = fields.number(3, valueBytesMax);
    if (exptime < 0 || bytes < 0) {
      return false;
    }
    var key = fields.key(1);
    beginValue(bytes, read -> new Request.Set(key, (int) exptime, read));
    return true;
  }

  private boolean parseCas(CommandLine fields) {
    long exptime = fields.number(2, Integer.MAX_VALUE);
    long version = fields.number(3, Long.MAX_VALUE);
    long bytes = fields.number(4, valueBytesMax);
    if (exptime < 0 || version < 0 || bytes < 0) {
      return false;
    }
    var key = fields.key(1);
    beginValue(bytes, read -> new Request.Cas(key, (int) exptime, version, read));
    return true;
  }

  private void beginValue(long bytes, Function<Bytes, Request> whole) {
    command = whole;
    valueBytes = (int) bytes;
    valueLength = 0;
    sawReturn = false;
    value = new byte[Math.min(valueBytes, FIRST_VALUE_BYTES)];
    state = valueBytes == 0 ? State.VALUE_END : State.VALUE;
  }

  private int feedValue(byte[] bytes, int from, int to) {
    int count = Math.min(valueBytes - valueLength, to - from);
    if (value.length < valueLength + count) {
      long size = Math.max(2L * value.length, valueLength + count);
      value = Arrays.copyOf(value, (int) Math.min(size, valueBytes));
    }
    System.arraycopy(bytes, from, value, valueLength, count);
    valueLength += count;
    if (valueLength == valueBytes) {
      state = State.VALUE_END;
    }
    return from + count;
  }

  /** A byte that is no line end stays where it is, to be dropped with the rest of its line. */
  private int feedValueEnd(byte b, int at, Sink sink) {
    if (b == '\r' && !sawReturn) {
      sawReturn = true;
      return at + 1;
    }
    var whole = Bytes.wrap(value);
    value = new byte[0];
    if (b != '\n') {
      sink.malformed();
      state = State.DROP;
      return at;
    }
    state = State.LINE;
    sink.request(command.apply(whole));
    return at + 1;
  }

  /** What follows a malformed line: a value of so many bytes, or the next line. */
  private void passOver(int bytes) {
    sawReturn = false;
    toSkip = Math.max(0, bytes);
    state = bytes == LineShape.NO_VALUE ? State.LINE : bytes == 0 ? State.SKIP_END : State.SKIP;
  }

  private int feedSkip(int from, int to) {
    int count = Math.min(toSkip, to - from);
    toSkip -= count;
    if (toSkip == 0) {
      state = State.SKIP_END;
    }
    return from + count;
  }

  private int feedSkipEnd(byte b, int at) {
    if (b == '\r' && !sawReturn) {
      sawReturn = true;
      return at + 1;
    }
    state = b == '\n' ? State.LINE : State.DROP;
    return b == '\n' ? at + 1 : at;
  }

  private int feedDrop(byte[] bytes, int from, int to) {
    int end = lineFeed(bytes, from, to);
    if (end == to) {
      return to;
    }
    state = State.LINE;
    return end + 1;
  }
}
