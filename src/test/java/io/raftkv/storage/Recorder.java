package io.raftkv.storage;

import io.raftkv.base.Bytes;
import io.raftkv.base.Failure;
import io.raftkv.kv.Life;
import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What a disk thread reports, and a way to wait for it. */
final class Recorder implements Storage.Listener {
  private final List<Failure> failures = new ArrayList<>();
  private final List<Life> lives = new ArrayList<>();
  private long written;

  @Override
  public synchronized void written(long sequence) {
    written = sequence;
    notifyAll();
  }

  @Override
  public synchronized void lifeForced(Life life) {
    lives.add(life);
    notifyAll();
  }

  @Override
  public synchronized void failed(Failure failure) {
    failures.add(failure);
    notifyAll();
  }

  synchronized long written() {
    return written;
  }

  synchronized List<Failure> failures() {
    return List.copyOf(failures);
  }

  void awaitWritten(long sequence) {
    await(() -> written >= sequence || !failures.isEmpty());
  }

  void awaitFailure() {
    await(() -> !failures.isEmpty());
  }

  void awaitLife(Life life) {
    await(() -> lives.contains(life));
  }

  private synchronized void await(BooleanSupplier condition) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("in vain; written " + written + ", failures " + failures);
      }
      try {
        wait(100);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  static LogRecord append(long index, long term, int valueBytes) {
    var value = new byte[valueBytes];
    java.util.Arrays.fill(value, (byte) index);
    return new LogRecord.Append(
        List.of(new Entry(index, term, index, Entry.Kind.COMMAND, Bytes.wrap(value))));
  }
}
