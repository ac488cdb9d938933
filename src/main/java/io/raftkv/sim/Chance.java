package io.raftkv.sim;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The random numbers of a run: a stream of its own for each concern, so that leaving out a fault
 * changes as little as it can of what clients ask and how long messages take.
 */
final class Chance {
  private final long seed;

  Chance(long seed) {
    this.seed = seed;
  }

  /** The stream for this concern. */
  SplittableRandom stream(String concern) {
    long hash = seed;
    for (int i = 0; i < concern.length(); i++) {
      hash = (hash ^ concern.charAt(i)) * 0x100000001b3L;
    }
    return new SplittableRandom(hash).split();
  }

  static boolean happens(RandomGenerator random, double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }
}
