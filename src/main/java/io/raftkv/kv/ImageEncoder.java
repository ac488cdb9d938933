package io.raftkv.kv;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;

/**
 * An {@link Image} as a stream of bytes, in pieces of whatever size. docs/formats.md has the
 * format. It throws {@link Invariant.Broken} in the end if the state is not what it should be by
 * what was applied.
 */
public final class ImageEncoder {
  /** 1 held another digest. */
  static final byte FORMAT = 2;

  static final int HEADER_BYTES = 25;
  static final int ORIGIN_BYTES = 28;
  static final int KEY_HEADER_BYTES = 25;
  static final int DIGEST_BYTES = 8;

  private final ArrayDeque<ByteBuffer> first = new ArrayDeque<>();
  private final Iterator<Map.Entry<Bytes, Versioned>> values;
  private final Digest digest = new Digest();
  private final Image image;
  private ByteBuffer record;
  private boolean digestDone;

  public ImageEncoder(Image image) {
    this.image = image;
    values = image.values().entrySet().iterator();
    int[] origins = {0};
    image.origins().forEach((origin, last) -> addOrigin(origin, last, origins));
    record =
        ByteBuffer.allocate(HEADER_BYTES)
            .put(FORMAT)
            .putLong(image.appliedIndex())
            .putLong(image.clock())
            .putInt(origins[0])
            .putInt(image.size())
            .flip();
  }

  private void addOrigin(int origin, Origins.Last last, int[] count) {
    count[0]++;
    first.add(
        ByteBuffer.allocate(ORIGIN_BYTES)
            .putInt(origin)
            .putLong(last.life().number())
            .putLong(last.life().random())
            .putLong(last.sequence())
            .flip());
  }

  /** Fills {@code target}, unless the end comes first; false once nothing is left. */
  public boolean encode(ByteBuffer target) {
    while (target.hasRemaining()) {
      if (!record.hasRemaining() && !next()) {
        return false;
      }
      int count = Math.min(target.remaining(), record.remaining());
      target.put(record.slice().limit(count));
      record.position(record.position() + count);
    }
    return record.hasRemaining() || !digestDone;
  }

  private boolean next() {
    if (!first.isEmpty()) {
      record = first.removeFirst();
    } else if (values.hasNext()) {
      record = encodeNext();
    } else if (!digestDone) {
      digestDone = true;
      record = ByteBuffer.allocate(DIGEST_BYTES).putLong(checkedDigest()).flip();
    } else {
      return false;
    }
    return true;
  }

  /** What was encoded must be what was applied: if it is not, this server's memory has gone bad. */
  private long checkedDigest() {
    long encoded = digest.with(image.appliedIndex(), image.clock(), image.origins());
    Invariant.equal(encoded, image.digest(), "memory holds what was applied");
    return encoded;
  }

  private ByteBuffer encodeNext() {
    var each = values.next();
    var key = each.getKey();
    var held = each.getValue();
    digest.add(key, held);
    var buffer = ByteBuffer.allocate(KEY_HEADER_BYTES + key.length() + held.value().length());
    buffer.put((byte) key.length()).putInt(held.value().length()).putInt(held.exptime());
    buffer.putLong(held.version()).putLong(held.deadline());
    key.copyTo(buffer);
    held.value().copyTo(buffer);
    return buffer.flip();
  }
}
