package io.raftkv.protocol;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Replies as bytes, gathered until they are taken. */
final class ReplyWriter implements Reply.Handler {
  private static final byte[] OK = ascii("OK ");
  private static final byte[] VALUE = ascii("VALUE ");
  private static final byte[] DELETED = ascii("DELETED\r\n");
  private static final byte[] NOT_FOUND = ascii("ERR_NOT_FOUND\r\n");
  private static final byte[] VERSION = ascii("ERR_VERSION\r\n");
  private static final byte[] COMMAND = ascii("ERR_CMD_ERR\r\n");
  private static final byte[] INTERNAL = ascii("ERR_INTERNAL\r\n");
  private static final int DIGITS_MAX = 19;
  private static final int FIRST_BYTES = 64;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int length;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  void write(Reply reply) {
    reply.dispatch(this);
  }

  int length() {
    return length;
  }

  /** Everything written since it was last taken. */
  byte[] take() {
    var taken = Arrays.copyOf(bytes, length);
    length = 0;
    if (bytes.length > 1 << 16) {
      bytes = new byte[FIRST_BYTES];
    }
    return taken;
  }

  @Override
  public void onStored(Reply.Stored reply) {
    put(OK);
    put(reply.version());
    endLine();
  }

  @Override
  public void onDeleted(Reply.Deleted reply) {
    put(DELETED);
  }

  @Override
  public void onValue(Reply.Value reply) {
    put(VALUE);
    put(reply.value().length());
    endLine();
    put(reply.value());
    endLine();
  }

  @Override
  public void onValueMeta(Reply.ValueMeta reply) {
    put(VALUE);
    put(reply.version());
    put((byte) ' ');
    put(reply.exptime());
    put((byte) ' ');
    put(reply.value().length());
    endLine();
    put(reply.value());
    endLine();
  }

  @Override
  public void onNotFound(Reply.NotFound reply) {
    put(NOT_FOUND);
  }

  @Override
  public void onVersionMismatch(Reply.VersionMismatch reply) {
    put(VERSION);
  }

  @Override
  public void onMalformed(Reply.Malformed reply) {
    put(COMMAND);
  }

  @Override
  public void onInternal(Reply.Internal reply) {
    put(INTERNAL);
  }

  private void endLine() {
    put((byte) '\r');
    put((byte) '\n');
  }

  private void put(byte b) {
    makeRoom(1);
    bytes[length++] = b;
  }

  private void put(byte[] text) {
    makeRoom(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  private void put(Bytes value) {
    makeRoom(value.length());
    value.copyTo(bytes, length);
    length += value.length();
  }

  /** A number that is not negative, in decimal digits. */
  private void put(long number) {
    makeRoom(DIGITS_MAX);
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = number;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  private void makeRoom(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
    }
  }
}
