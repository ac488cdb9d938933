package io.raftkv.sim;

import io.raftkv.storage.Machine;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** The machine of one server: its clock, its chance, and one thread for everything. */
final class SimMachine implements Machine {
  private final SimDisk disk;
  private final LongSupplier wallMillis;
  private final RandomGenerator random;

  SimMachine(SimDisk disk, LongSupplier wallMillis, RandomGenerator random) {
    this.disk = disk;
    this.wallMillis = wallMillis;
    this.random = random;
  }

  @Override
  public long wallMillis() {
    return wallMillis.getAsLong();
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
    disk.idle(millis * Timeline.MILLI);
    return false;
  }
}
