package io.raftkv.kv;

import io.raftkv.base.Bytes;
import io.raftkv.base.Ranges;
import java.nio.ByteBuffer;

/**
 * Makes a {@link KvStore} of what {@link ImageEncoder} gave, in pieces of whatever size. Bytes that
 * are no image are refused with {@link IllegalArgumentException}; the decoder is then of no use any
 * more. It keeps no more than has arrived.
 */
public final class ImageDecoder {
  /** No value is longer: a frame between servers could not carry it. */
  private static final int VALUE_BYTES_MAX = 64 << 20;

  /** Its digest was another hash; what holds it is checked block by block all the same. */
  private static final byte FORMAT_WITH_OTHER_DIGEST = 1;

  private final Origins origins = new Origins();
  private final Values values = new Values();
  private final Expiry expiry = new Expiry();
  private int format;
  private ByteBuffer gathered = ByteBuffer.allocate(1 << 13);
  private Part part = Part.HEADER;
  private long appliedIndex;
  private long clock;
  private int originsLeft;
  private int keysLeft;

  private enum Part {
    HEADER,
    ORIGINS,
    KEYS,
    DIGEST,
    END
  }

  /** Takes all of {@code source}. */
  public void decode(ByteBuffer source) {
    while (source.hasRemaining()) {
      if (!gathered.hasRemaining()) {
        gathered = ByteBuffer.allocate(2 * gathered.capacity()).put(gathered.flip());
      }
      int count = Math.min(gathered.remaining(), source.remaining());
      gathered.put(source.slice().limit(count));
      source.position(source.position() + count);
      gathered.flip();
      while (gathered.remaining() >= needed()) {
        decodeNext();
      }
      gathered.compact();
    }
  }

  /** How many bytes the next part has, as far as that is known yet. */
  private int needed() {
    return switch (part) {
      case HEADER -> ImageEncoder.HEADER_BYTES;
      case ORIGINS -> ImageEncoder.ORIGIN_BYTES;
      case KEYS -> keyBytes(gathered.slice());
      case DIGEST -> ImageEncoder.DIGEST_BYTES;
      case END -> 1;
    };
  }

  private static int keyBytes(ByteBuffer next) {
    if (next.remaining() < ImageEncoder.KEY_HEADER_BYTES) {
      return ImageEncoder.KEY_HEADER_BYTES;
    }
    int valueBytes = next.getInt(1);
    Ranges.within("the length of a value", valueBytes, 0, VALUE_BYTES_MAX);
    return ImageEncoder.KEY_HEADER_BYTES + (next.get(0) & 0xff) + valueBytes;
  }

  private static void require(boolean holds, String what, long number) {
    if (!holds) {
      throw new IllegalArgumentException("no image: " + what + " " + number);
    }
  }

  private void decodeNext() {
    switch (part) {
      case HEADER -> decodeHeader();
      case ORIGINS -> decodeOrigin();
      case KEYS -> decodeKey();
      case DIGEST -> decodeDigest();
      default -> require(false, "so many bytes behind its end:", gathered.remaining());
    }
  }

  private void decodeHeader() {
    format = gathered.get();
    Ranges.within("the format of an image", format, FORMAT_WITH_OTHER_DIGEST, ImageEncoder.FORMAT);
    appliedIndex = gathered.getLong();
    clock = gathered.getLong();
    originsLeft = gathered.getInt();
    keysLeft = gathered.getInt();
    Ranges.atLeast("the entry of an image", appliedIndex, 0);
    Ranges.atLeast("the clock of an image", clock, 0);
    Ranges.atLeast("the number of its origins", originsLeft, 0);
    Ranges.atLeast("the number of its keys", keysLeft, 0);
    advance();
  }

  /** Goes to the next part that is not empty. */
  private void advance() {
    part = originsLeft > 0 ? Part.ORIGINS : keysLeft > 0 ? Part.KEYS : Part.DIGEST;
  }

  private void decodeOrigin() {
    int origin = gathered.getInt();
    var life = new Life(gathered.getLong(), gathered.getLong());
    var last = new Origins.Last(life, gathered.getLong());
    require(origins.restore(origin, last), "twice the origin", origin);
    originsLeft--;
    advance();
  }

  private void decodeKey() {
    int keyBytes = gathered.get() & 0xff;
    int valueBytes = gathered.getInt();
    int exptime = gathered.getInt();
    long version = gathered.getLong();
    long deadline = gathered.getLong();
    var key = take(keyBytes);
    var held = new Versioned(take(valueBytes), exptime, version, deadline);
    Ranges.within("the version of a key", version, 1, appliedIndex);
    Ranges.atLeast("the deadline of a key", deadline, clock + 1);
    require(values.put(key, held) == null, "twice the key of version", version);
    expiry.add(key, deadline, version);
    keysLeft--;
    advance();
  }

  private Bytes take(int count) {
    var array = new byte[count];
    gathered.get(array);
    return Bytes.wrap(array);
  }

  private void decodeDigest() {
    long said = gathered.getLong();
    long found = values.digest().with(appliedIndex, clock, origins);
    boolean isComparable = format != FORMAT_WITH_OTHER_DIGEST;
    require(!isComparable || said == found, "it has the digest " + found + " instead of", said);
    part = Part.END;
  }

  /** The store, once all bytes were taken. */
  public KvStore finish() {
    require(
        part == Part.END, "it is cut short behind so many bytes of a part:", gathered.position());
    return new KvStore(appliedIndex, clock, values, expiry, origins);
  }
}
