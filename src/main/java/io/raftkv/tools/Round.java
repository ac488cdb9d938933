package io.raftkv.tools;

import io.raftkv.base.Bytes;
import io.raftkv.check.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Some keys that nobody else uses, and all that was asked about them in a while: a history that can
 * be judged by itself.
 */
final class Round {
  private final List<Bytes> keys;
  private final long[] lastRewrites;
  private final AtomicLongArray latest;
  private final AtomicLongArray previous;
  private final List<Operation> operations = new ArrayList<>();

  Round(List<Bytes> keys) {
    this.keys = List.copyOf(keys);
    this.lastRewrites = new long[keys.size()];
    Arrays.fill(lastRewrites, System.nanoTime() - Duration.ofDays(1).toNanos());
    this.latest = new AtomicLongArray(keys.size());
    this.previous = new AtomicLongArray(keys.size());
  }

  List<Bytes> keys() {
    return keys;
  }

  Bytes key(int index) {
    return keys.get(index);
  }

  /** Notes that somebody saw this key with {@code version}. */
  void seen(int index, long version) {
    long last = latest.getAndSet(index, version);
    if (last != version) {
      previous.set(index, last);
    }
  }

  /** A version with which the key was seen lately, 0 if it never was. */
  long latest(int index) {
    return latest.get(index);
  }

  /** A version that the key was seen with before {@link #latest}, 0 if there was none. */
  long previous(int index) {
    return previous.get(index);
  }

  /**
   * Whether it is this caller's turn to write a key that is written every {@code interval} only, so
   * that it is seen to expire.
   */
  synchronized boolean isRewriteDue(int index, Duration interval) {
    long now = System.nanoTime();
    if (now - lastRewrites[index] < interval.toNanos()) {
      return false;
    }
    lastRewrites[index] = now;
    return true;
  }

  synchronized void add(Operation operation) {
    operations.add(operation);
  }

  synchronized int size() {
    return operations.size();
  }

  /** All so far, in the order in which they ended. */
  synchronized List<Operation> operations() {
    return List.copyOf(operations);
  }
}
