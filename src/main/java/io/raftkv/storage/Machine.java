package io.raftkv.storage;

import java.util.concurrent.CountDownLatch;

/**
 * What a server's files need of the machine beside its disk: its clock, chance, a second thread and
 * a way to wait. A simulator has its own, so that the same code runs in virtual time.
 */
public interface Machine {
  /** The wall clock, milliseconds since 1970. */
  long wallMillis();

  /** 64 random bits that nobody else has. */
  long randomBits();

  /** Runs the task beside the caller, once. */
  void runBeside(Runnable task, String name);

  /** Waits until {@code closing} is open, for so long at the most; whether it is open. */
  boolean await(CountDownLatch closing, long millis) throws InterruptedException;
}
