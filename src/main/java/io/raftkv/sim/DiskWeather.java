package io.raftkv.sim;

import java.io.IOException;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;

/** How a disk feels: how long it takes, when it hangs, when it is full, when it fails. */
final class DiskWeather {
  private static final long NEVER = Long.MAX_VALUE;

  private final Conditions.Disks conditions;
  private final RandomGenerator random;
  private final Marks marks;
  private long hungUntil;
  private long fullFrom;
  private long fullUntil;
  private long failAt = NEVER;
  private long noticeAt = NEVER;
  private LongConsumer notice = time -> {};

  DiskWeather(Conditions.Disks conditions, RandomGenerator random, Marks marks) {
    this.conditions = conditions;
    this.random = random;
    this.marks = marks;
  }

  /** How long the next force takes. */
  long forceMicros() {
    if (Chance.happens(random, conditions.slow())) {
      return random.nextLong(conditions.slowMillisMax() * Timeline.MILLI + 1);
    }
    return 1 + (long) (-conditions.forceMicros() * Math.log(1 - random.nextDouble()));
  }

  /** When an operation that begins now is through. */
  long end(long operation, long begin, long micros) {
    long end = Math.max(begin, hungUntil) + micros;
    if (operation == noticeAt) {
      noticeAt = NEVER;
      notice.accept(begin + (end - begin) / 2);
    }
    return end;
  }

  /** Tells the middle of the operation with this number since the process began. */
  void atOperation(long operation, LongConsumer whenKnown) {
    noticeAt = operation;
    notice = whenKnown;
  }

  void hangUntil(long time) {
    hungUntil = time;
  }

  /** The disk runs short of room now, and is full from {@code from} until {@code end}. */
  void fill(long from, long end) {
    fullFrom = from;
    fullUntil = end;
  }

  /** Whether the disk is full or soon will be. */
  boolean isShort(long now) {
    return now < fullUntil;
  }

  /** The operation with this number since the process began fails. */
  void failAt(long operation) {
    failAt = operation;
  }

  void processDied() {
    noticeAt = NEVER;
    failAt = NEVER;
  }

  /** All is well again. */
  void clear() {
    hungUntil = 0;
    fullUntil = 0;
    processDied();
  }

  void checkFailure(long operation) throws IOException {
    if (operation >= failAt) {
      marks.see(Mark.DISK_FAILED);
      throw new IOException("Input/output error");
    }
  }

  void checkRoom(long now, boolean grows) throws IOException {
    if (grows && now >= fullFrom && now < fullUntil) {
      marks.see(Mark.DISK_FULL);
      throw new IOException("No space left on device");
    }
  }
}
