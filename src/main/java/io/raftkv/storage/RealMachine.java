package io.raftkv.storage;

import java.security.SecureRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** This machine. */
public final class RealMachine implements Machine {
  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public long randomBits() {
    return new SecureRandom().nextLong();
  }

  @Override
  public void runBeside(Runnable task, String name) {
    var thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public boolean await(CountDownLatch closing, long millis) throws InterruptedException {
    return closing.await(millis, TimeUnit.MILLISECONDS);
  }
}
