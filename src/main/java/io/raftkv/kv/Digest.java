package io.raftkv.kv;

import io.raftkv.base.Bytes;

/**
 * A hash of a whole state: equal states have equal ones, in whatever order their parts come, and
 * different states hardly ever.
 */
final class Digest {
  private long sum;

  Digest(long appliedIndex, long clock) {
    sum = mix(appliedIndex) ^ mix(clock + 1);
  }

  void add(Bytes key, Versioned held) {
    long hash = mix(fnv(key)) ^ mix(fnv(held.value()) + 3);
    sum += mix(hash ^ mix(held.version()) ^ mix(held.exptime() + 7 * held.deadline()));
  }

  void add(int origin, Origins.Last last) {
    long life = mix(last.life().number()) ^ mix(last.life().random() + 5);
    sum += mix(life ^ mix(origin + 11L) ^ mix(last.sequence() + 13));
  }

  long value() {
    return sum;
  }

  /** FNV-1a, 64 bits. */
  private static long fnv(Bytes bytes) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < bytes.length(); i++) {
      hash = (hash ^ (bytes.at(i) & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The finalizer of splitmix64: each bit in changes half of the bits out. */
  private static long mix(long bits) {
    long z = bits + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
