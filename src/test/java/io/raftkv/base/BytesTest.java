package io.raftkv.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BytesTest {
  @Test
  void equalBytesAreEqualWhereverTheyLie() {
    var slice = Bytes.utf8("xabcx").slice(1, 3);

    assertEquals(Bytes.utf8("abc"), slice);
    assertEquals(Bytes.utf8("abc").hashCode(), slice.hashCode());
    assertNotEquals(Bytes.utf8("abd"), slice);
  }

  @Test
  void theOrderIsThatOfUnsignedBytes() {
    var high = Bytes.wrap(new byte[] {(byte) 0x80});

    assertTrue(Bytes.utf8("a").compareTo(high) < 0);
    assertTrue(Bytes.utf8("a").compareTo(Bytes.utf8("aa")) < 0);
    assertEquals(0, Bytes.utf8("a").compareTo(Bytes.utf8("xa").slice(1, 1)));
  }

  @Test
  void aCompactCopyKeepsNothingElseAlive() {
    var slice = Bytes.utf8("xabcx").slice(1, 3);
    var whole = Bytes.utf8("abc");

    assertEquals(slice, slice.compact());
    assertSame(whole, whole.compact());
  }

  @Test
  void whatLiesOutsideIsNotReached() {
    var slice = Bytes.utf8("xabcx").slice(1, 3);

    assertThrows(IndexOutOfBoundsException.class, () -> slice.at(3));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.at(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.slice(1, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.slice(-1, 1));
  }

  @Test
  void bytesAreCopiedWhereTheyAreAskedFor() {
    var slice = Bytes.utf8("xabcx").slice(1, 3);
    var array = new byte[5];
    var buffer = ByteBuffer.allocate(3);

    slice.copyTo(array, 1);
    slice.copyTo(buffer);

    assertArrayEquals(new byte[] {0, 'a', 'b', 'c', 0}, array);
    assertArrayEquals(slice.toArray(), buffer.array());
    assertEquals(slice.toByteBuffer(), buffer.flip());
    assertTrue(slice.toByteBuffer().isReadOnly());
  }

  @Test
  void theTextOfBytesIsPrintableAndShort() {
    assertEquals("a\\x00\\xff\\x5c", Bytes.wrap(new byte[] {'a', 0, -1, '\\'}).toString());
    assertEquals("x".repeat(64) + "... (65 bytes)", Bytes.utf8("x".repeat(65)).toString());
  }
}
