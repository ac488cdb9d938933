package io.raftkv.storage;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;

/**
 * A machine without a second thread, whose clock stands still: whatever has to grow must grow by
 * itself.
 */
record StillMachine(RandomGenerator random) implements Machine {
  static final long WALL_MILLIS = 1_000;

  StillMachine(long seed) {
    this(new SplittableRandom(seed));
  }

  @Override
  public long wallMillis() {
    return WALL_MILLIS;
  }

  @Override
  public long randomBits() {
    return random.nextLong();
  }

  @Override
  public void runBeside(Runnable task, String name) {
    task.run();
  }

  @Override
  public boolean await(CountDownLatch closing, long millis) {
    return closing.getCount() == 0;
  }
}
