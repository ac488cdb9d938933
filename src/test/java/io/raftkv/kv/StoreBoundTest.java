package io.raftkv.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.raftkv.base.Bytes;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A store that may hold only so much: a key of one byte and a value of ten weigh 171 bytes. */
class StoreBoundTest {
  private static final Life LIFE = new Life(1, 1);
  private static final int TWO_KEYS = 502;

  private final KvStore store = new KvStore();
  private long index;
  private long sequence;

  private Reply apply(Request.Command command) {
    index++;
    var proposal = new Proposal(new RequestId(0, LIFE, ++sequence), Optional.of(command)).encode();
    return store.apply(index, 1_000 * index, proposal).orElseThrow().reply();
  }

  private Reply set(String key, int bytes) {
    return set(key, bytes, 0);
  }

  private Reply set(String key, int bytes, int exptime) {
    return apply(new Request.Set(Bytes.utf8(key), exptime, Bytes.utf8("v".repeat(bytes))));
  }

  private void fill() {
    store.bound(TWO_KEYS);
    set("a", 10);
    set("b", 10);
  }

  @Test
  void anUpdateThatWouldGrowBeyondTheBoundIsRefusedAndChangesNothing() {
    fill();
    assertEquals(TWO_KEYS, store.bytes());

    assertEquals(Reply.INTERNAL, set("c", 0));
    assertEquals(Reply.INTERNAL, set("a", 11));
    assertEquals(Reply.NOT_FOUND, store.read(new Request.Get(Bytes.utf8("c"))));
    assertEquals(
        new Reply.Value(Bytes.utf8("v".repeat(10))), store.read(new Request.Get(Bytes.utf8("a"))));
    assertEquals(2, store.refused());
  }

  @Test
  void whatDoesNotGrowIsStillStored() {
    fill();
    assertInstanceOf(Reply.Stored.class, set("a", 10));
    assertInstanceOf(Reply.Stored.class, set("a", 9));
    var cas = new Request.Cas(Bytes.utf8("b"), 0, 2, Bytes.utf8("v".repeat(11)));
    assertInstanceOf(Reply.Stored.class, apply(cas));
  }

  @Test
  void deletesAndExpiryMakeRoomAgain() {
    fill();
    assertEquals(Reply.DELETED, apply(new Request.Delete(Bytes.utf8("a"))));
    assertInstanceOf(Reply.Stored.class, set("c", 10, 1));
    store.advance(++index, 1_000 * index + 1_000);
    assertEquals(TWO_KEYS / 2, store.bytes());
    assertInstanceOf(Reply.Stored.class, set("d", 10));
  }

  @Test
  void aStoreThatIsBeyondANewBoundCanStillShrink() {
    fill();
    store.bound(100);
    assertInstanceOf(Reply.Stored.class, set("a", 3));
    assertEquals(Reply.INTERNAL, set("a", 4));
    assertEquals(Reply.DELETED, apply(new Request.Delete(Bytes.utf8("b"))));
  }

  @Test
  void anImageWeighsWhatItsStoreDid() {
    fill();
    set("a", 5, 9);
    var encoder = new ImageEncoder(store.freeze());
    var decoder = new ImageDecoder();
    var bytes = ByteBuffer.allocate(4_096);
    while (encoder.encode(bytes.clear())) {
      decoder.decode(bytes.flip());
    }
    decoder.decode(bytes.flip());

    assertEquals(store.bytes(), decoder.finish().bytes());
  }
}
