package io.raftkv.kv;

import io.raftkv.base.Bytes;
import java.util.zip.CRC32C;

/**
 * A hash of a whole state: equal states have equal ones, in whatever order their parts came and
 * went, and different states hardly ever. It is a sum over the parts, so that what changes costs no
 * more than itself. It is against accidents, not against malice. docs/formats.md has the formula,
 * in which the offsets keep equal numbers in two places from cancelling each other out.
 */
final class Digest {
  /** Which hash this is: those of two versions say nothing about each other. */
  static final byte VERSION = 2;

  private final CRC32C crc = new CRC32C();
  private long sum;

  void add(Bytes key, Versioned held) {
    sum += hash(key, held);
  }

  /** The inverse of {@link #add}. */
  void remove(Bytes key, Versioned held) {
    sum -= hash(key, held);
  }

  private long hash(Bytes key, Versioned held) {
    long bytes = ((long) checksum(key) << 32) | (checksum(held.value()) & 0xffffffffL);
    return mix(mix(bytes) ^ mix(held.version()) ^ mix(held.exptime() + 7 * held.deadline()));
  }

  private int checksum(Bytes bytes) {
    crc.reset();
    bytes.updateInto(crc);
    return (int) crc.getValue();
  }

  /** What the values come to, with the rest of the state. */
  long with(long appliedIndex, long clock, Origins origins) {
    long[] whole = {sum + (mix(appliedIndex) ^ mix(clock + 1))};
    origins.forEach((origin, last) -> whole[0] += hash(origin, last));
    return whole[0];
  }

  private static long hash(int origin, Origins.Last last) {
    long life = mix(last.life().number()) ^ mix(last.life().random() + 5);
    return mix(life ^ mix(origin + 11L) ^ mix(last.sequence() + 13));
  }

  /** The finalizer of splitmix64: each bit in changes half of the bits out. */
  private static long mix(long bits) {
    long z = bits + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
