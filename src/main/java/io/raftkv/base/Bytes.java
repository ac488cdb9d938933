package io.raftkv.base;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Checksum;

/**
 * An immutable byte string: a key, a value, a command. Equality and order are those of the bytes,
 * compared as unsigned numbers.
 *
 * <p>It may be a slice of a larger array, which it then keeps alive; {@link #compact()} lets go of
 * the rest.
 */
public final class Bytes implements Comparable<Bytes> {
  /** The byte string of length 0. */
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;
  private int hash;

  private Bytes(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** Takes over {@code array}, uncopied: the caller must never change it again. */
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length);
  }

  /** Copies {@code length} bytes of {@code array} from {@code offset}. */
  public static Bytes copyOf(byte[] array, int offset, int length) {
    return wrap(Arrays.copyOfRange(array, offset, offset + length));
  }

  /** The bytes of {@code text} in UTF-8. */
  public static Bytes utf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /** The byte at {@code index}, from 0 to {@code length() - 1}. */
  public byte at(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException("byte " + index + " of " + length);
    }
    return array[offset + index];
  }

  /** The {@code count} bytes from {@code from}, sharing the array. */
  public Bytes slice(int from, int count) {
    if (from < 0 || count < 0 || from > length - count) {
      throw new IndexOutOfBoundsException("bytes " + from + " + " + count + " of " + length);
    }
    return count == 0 ? EMPTY : new Bytes(array, offset + from, count);
  }

  /** The same bytes in an array of their own length, so that nothing else is kept alive. */
  public Bytes compact() {
    return array.length == length ? this : copyOf(array, offset, length);
  }

  /** A read-only view, big-endian, positioned at the first byte. */
  public ByteBuffer toByteBuffer() {
    return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
  }

  /** Copies all bytes into {@code target} from {@code at}. */
  public void copyTo(byte[] target, int at) {
    System.arraycopy(array, offset, target, at, length);
  }

  /** Appends all bytes to {@code target}, at its position. */
  public void copyTo(ByteBuffer target) {
    target.put(array, offset, length);
  }

  /** Lets {@code checksum} go on over these bytes. */
  public void updateInto(Checksum checksum) {
    checksum.update(array, offset, length);
  }

  public byte[] toArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(
        array, offset, offset + length, other.array, other.offset, other.offset + other.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    if (hash == 0) {
      int h = 1;
      for (int i = offset; i < offset + length; i++) {
        h = 31 * h + array[i];
      }
      hash = h;
    }
    return hash;
  }

  /** The bytes as text where they are printable ASCII, else escaped, cut to 64 bytes: for logs. */
  @Override
  public String toString() {
    var text = new StringBuilder();
    for (int i = 0; i < Math.min(length, 64); i++) {
      int b = array[offset + i] & 0xff;
      if (b > 0x20 && b < 0x7f && b != '\\') {
        text.append((char) b);
      } else {
        text.append(String.format("\\x%02x", b));
      }
    }
    return length > 64 ? text + "... (" + length + " bytes)" : text.toString();
  }
}
