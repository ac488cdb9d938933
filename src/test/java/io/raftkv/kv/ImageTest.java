package io.raftkv.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * An image is the store as it was, whatever happens to the store meanwhile, and comes back whole.
 */
class ImageTest {
  private static final Life LIFE = new Life(5, 55);

  private final long seed = new SplittableRandom().nextLong();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final KvStore store = new KvStore();
  private long sequence;
  private long time = 1_000;

  ImageTest() {
    System.out.println("ImageTest: seed " + seed);
  }

  private static Bytes key(int number) {
    return Bytes.utf8("key" + number);
  }

  private void apply(Request.Command command) {
    var id = new RequestId(3, LIFE, ++sequence);
    store.apply(store.appliedIndex() + 1, time, new Proposal(id, Optional.of(command)).encode());
  }

  private void applySomething(int keys) {
    time += random.nextInt(3) == 0 ? random.nextInt(500) : 0;
    var key = key(random.nextInt(keys));
    switch (random.nextInt(6)) {
      case 0 -> apply(new Request.Delete(key));
      case 1 -> apply(new Request.Cas(key, random.nextInt(3), version(key), value()));
      case 2 -> store.advance(store.appliedIndex() + 1, time);
      default -> apply(new Request.Set(key, random.nextInt(3), value()));
    }
  }

  private long version(Bytes key) {
    return store.read(new Request.GetMeta(key)) instanceof Reply.ValueMeta meta
        ? meta.version()
        : 1;
  }

  private Bytes value() {
    var value = new byte[random.nextInt(200)];
    random.nextBytes(value);
    return Bytes.wrap(value);
  }

  private static byte[] encode(Image image, int pieceBytes) {
    var encoder = new ImageEncoder(image);
    var bytes = new ByteArrayOutputStream();
    var piece = ByteBuffer.allocate(pieceBytes);
    boolean more = true;
    while (more) {
      more = encoder.encode(piece.clear());
      bytes.write(piece.array(), 0, piece.position());
      assertTrue(!more || !piece.hasRemaining(), "only the last piece is short");
    }
    return bytes.toByteArray();
  }

  private static KvStore decode(byte[] bytes, int pieceBytes) {
    var decoder = new ImageDecoder();
    for (int from = 0; from < bytes.length; from += pieceBytes) {
      decoder.decode(ByteBuffer.wrap(bytes, from, Math.min(pieceBytes, bytes.length - from)));
    }
    return decoder.finish();
  }

  private byte[] someImage() {
    for (int i = 0; i < 40; i++) {
      applySomething(20);
    }
    var bytes = encode(store.freeze(), 1_000);
    store.thaw();
    return bytes;
  }

  @Test
  void anImageComesBackAsTheSameState() {
    var bytes = someImage();

    var back = decode(bytes, bytes.length);

    assertEquals(store.digest(), back.digest());
    assertEquals(store.size(), back.size());
    assertEquals(store.appliedIndex(), back.appliedIndex());
    assertEquals(store.clock(), back.clock());
    assertEquals(store.earliestDeadline(), back.earliestDeadline());
    assertEquals(store.origins().lastSequence(3), back.origins().lastSequence(3));
    assertEquals(store.origins().life(3), back.origins().life(3));
  }

  @Test
  void theEmptyStoreHasAnImage() {
    assertEquals(store.digest(), decode(encode(store.freeze(), 7), 3).digest());
  }

  @Test
  void howTheBytesAreCutMakesNoDifference() {
    var bytes = someImage();
    for (int piece = 1; piece < 70; piece++) {
      assertEquals(store.digest(), decode(bytes, piece).digest());
    }
    assertFalse(store.canFreeze() && !Arrays.equals(bytes, encode(store.freeze(), 13)));
  }

  @Test
  void whatHappensToTheStoreMeanwhileIsNotInItsImage() {
    for (int round = 0; round < 200; round++) {
      for (int i = 0; i < 50; i++) {
        applySomething(30);
      }
      while (!store.canFreeze()) {
        applySomething(30);
      }
      long digest = store.digest();
      var image = store.freeze();
      for (int i = random.nextInt(60); i > 0; i--) {
        applySomething(30);
      }

      var back = decode(encode(image, 64), 100);

      assertEquals(digest, back.digest());
      store.thaw();
    }
  }

  /** A store that was never frozen sees the same entries and must come to the same. */
  @Test
  void aStoreThatWasFrozenIsLikeOneThatNeverWas() {
    var twin = new KvStore();
    for (int round = 0; round < 300; round++) {
      if (store.canFreeze() && random.nextBoolean()) {
        store.freeze();
      }
      for (int i = 0; i < 20; i++) {
        long before = store.appliedIndex();
        var key = key(random.nextInt(10));
        applyToBoth(twin, key);
        assertEquals(before + 1, store.appliedIndex());
        var query = new Request.GetMeta(key);
        assertEquals(twin.read(query), store.read(query));
        assertEquals(twin.size(), store.size());
      }
      assertEquals(twin.digest(), store.digest());
      if (random.nextBoolean()) {
        store.thaw();
      }
    }
  }

  private void applyToBoth(KvStore twin, Bytes key) {
    time += random.nextInt(3) == 0 ? random.nextInt(500) : 0;
    Request.Command command =
        random.nextInt(3) == 0
            ? new Request.Delete(key)
            : new Request.Set(key, random.nextInt(3), value());
    long sequence = ++this.sequence;
    var proposal = new Proposal(new RequestId(3, LIFE, sequence), Optional.of(command)).encode();
    assertEquals(
        twin.apply(twin.appliedIndex() + 1, time, proposal),
        store.apply(store.appliedIndex() + 1, time, proposal));
  }

  @Test
  void changesSinkUntilTheNextImageCanBeTaken() {
    apply(new Request.Set(key(0), 0, value()));
    store.freeze();
    assertFalse(store.canFreeze());
    for (int i = 0; i < 1_000; i++) {
      apply(new Request.Set(key(i), 0, value()));
    }
    store.thaw();

    int changes = 0;
    while (!store.canFreeze()) {
      apply(new Request.Set(key(0), 0, value()));
      changes++;
    }

    assertTrue(changes < 100, changes + " changes until 1000 have sunk");
  }

  @Test
  void anotherThreadMayReadAnImageWhileTheStoreGoesOn() {
    for (int i = 0; i < 20_000; i++) {
      apply(new Request.Set(key(i), 0, value()));
    }
    long digest = store.digest();
    var image = store.freeze();

    var encoded = CompletableFuture.supplyAsync(() -> encode(image, 4_096));
    while (!encoded.isDone()) {
      applySomething(20_000);
    }

    assertEquals(digest, decode(encoded.join(), 4_096).digest());
  }

  @Test
  void whatIsCutShortIsNoImage() {
    var bytes = someImage();
    for (int length = 0; length < bytes.length; length++) {
      var cut = Arrays.copyOf(bytes, length);
      assertThrows(IllegalArgumentException.class, () -> decode(cut, 100), "of " + length);
    }
    var longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThrows(IllegalArgumentException.class, () -> decode(longer, 100));
  }

  /** The store keeps the array that it was given: what becomes of that is memory gone bad. */
  @Test
  void noImageIsTakenOfMemoryThatHasGoneBad() {
    var id = new RequestId(3, LIFE, ++sequence);
    var set = new Request.Set(key(99), 0, Bytes.utf8("value"));
    var array = new Proposal(id, Optional.of(set)).encode().toArray();
    store.apply(store.appliedIndex() + 1, time, Bytes.wrap(array));
    someImage();
    array[array.length - 1] ^= 1;

    assertThrows(Invariant.Broken.class, this::someImage);
    assertNotEquals(store.recomputedDigest(), store.digest());
  }

  @Test
  void aFlippedBitIsRefused() {
    var bytes = someImage();
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      var flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(IllegalArgumentException.class, () -> decode(flipped, 1_000), "bit " + bit);
    }
  }

  /** What was written down once can be read for ever, but for the digest of the first format. */
  @Test
  void allFormatsCanBeRead() {
    var golden =
        "%02x"
            + "000000000000000a"
            + "00000000000007d0"
            + "00000001"
            + "00000002"
            + "00000003"
            + "0000000000000005"
            + "0000000000000037"
            + "0000000000000009"
            + "01"
            + "00000002"
            + "00000000"
            + "0000000000000004"
            + "7fffffffffffffff"
            + "6b"
            + "7631"
            + "02"
            + "00000000"
            + "00000007"
            + "000000000000000a"
            + "0000000000002328"
            + "6b32"
            + "%016x";
    var expected = new KvStore();
    long[] times = {1, 1, 1, 1, 1, 1, 1, 1, 1, 2_000};
    for (int i = 1; i <= 10; i++) {
      Optional<Request.Command> command =
          i == 4
              ? Optional.of(new Request.Set(Bytes.utf8("k"), 0, Bytes.utf8("v1")))
              : i == 10
                  ? Optional.of(new Request.Set(Bytes.utf8("k2"), 7, Bytes.EMPTY))
                  : Optional.empty();
      if (i == 1) {
        expected.advance(1, 1);
      } else {
        var id = new RequestId(3, LIFE, i - 1);
        expected.apply(i, times[i - 1], new Proposal(id, command).encode());
      }
    }
    long digest = 8_566_361_615_820_454_643L;
    for (var text : List.of(golden.formatted(1, 1_234), golden.formatted(2, digest))) {
      var bytes = HexFormat.of().parseHex(text);
      assertEquals(expected.digest(), decode(bytes, 10).digest());
      assertEquals("v1", text(decode(bytes, 10).read(new Request.Get(Bytes.utf8("k")))));
    }
  }

  private static String text(Reply reply) {
    return reply instanceof Reply.Value found ? found.value().toString() : reply.toString();
  }
}
