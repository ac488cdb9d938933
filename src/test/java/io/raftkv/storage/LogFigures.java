package io.raftkv.storage;

import io.raftkv.base.Failure;
import io.raftkv.kv.Life;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Measures the log by itself, on the disk that holds the folder it is given. Built with the tests
 * and not part of the product:
 *
 * <pre>
 * mvn -q test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.raftkv.storage.LogFigures -Dexec.args="target/log-figures"
 * </pre>
 *
 * Writers are imitated by so many writes under way at once. The folder must not exist; it stays, to
 * be looked at.
 */
final class LogFigures {
  private static final int VALUE_BYTES = 256;
  private static final int SMALL_BYTES = 40;
  private static final int RECOVERED_ENTRIES = 1_000_000;
  private static final int WARM_UP = 2_000;

  private final Path folder;

  private LogFigures(Path folder) {
    this.folder = folder;
  }

  /** Measures into the folder that is the first argument. */
  public static void main(String[] arguments) throws Exception {
    var figures = new LogFigures(Files.createDirectories(Path.of(arguments[0])));
    for (int underWay : List.of(1, 16, 64, 256, 1_024)) {
      figures.groupCommit(underWay, Math.min(400_000, 10_000 * underWay));
    }
    figures.recovery();
  }

  /** Lets so many writes be under way at once, and notes how long each takes. */
  private static final class Gate implements Storage.Listener {
    private final Semaphore room;
    private final long[] began;
    private final long[] nanos;
    private long written;

    Gate(int underWay, int writes) {
      room = new Semaphore(underWay);
      began = new long[writes + 1];
      nanos = new long[writes + 1];
    }

    @Override
    public void written(long sequence) {
      long now = System.nanoTime();
      int count = (int) (sequence - written);
      while (written < sequence) {
        written++;
        nanos[(int) written] = now - began[(int) written];
      }
      room.release(count);
    }

    @Override
    public void lifeForced(Life life) {}

    @Override
    public void failed(Failure failure) {
      failure.printStackTrace();
      System.exit(failure.status().code());
    }
  }

  private void groupCommit(int underWay, int writes) throws InterruptedException {
    var gate = new Gate(underWay, writes);
    long start = 0;
    try (var storage = open("commit-" + underWay, gate)) {
      for (int i = 1; i <= writes; i++) {
        gate.room.acquire();
        gate.began[i] = System.nanoTime();
        if (i == WARM_UP) {
          start = gate.began[i];
        }
        storage.write(i, List.of(Recorder.append(i, 1, VALUE_BYTES)));
      }
      gate.room.acquire(underWay);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    var sorted = Arrays.copyOfRange(gate.nanos, WARM_UP, writes + 1);
    Arrays.sort(sorted);
    System.out.printf(
        "%5d under way: %,8.0f writes/s, p50 %,6d us, p99 %,6d us, max %,7d us%n",
        underWay,
        (writes - WARM_UP) / seconds,
        sorted[sorted.length / 2] / 1_000,
        sorted[sorted.length * 99 / 100] / 1_000,
        sorted[sorted.length - 1] / 1_000);
  }

  private void recovery() throws InterruptedException {
    var gate = new Gate(10_000, RECOVERED_ENTRIES);
    try (var storage = open("recovery", gate)) {
      for (int i = 1; i <= RECOVERED_ENTRIES; i++) {
        gate.room.acquire();
        storage.write(i, List.of(Recorder.append(i, 1, SMALL_BYTES)));
      }
    }
    for (int run = 0; run < 3; run++) {
      long start = System.nanoTime();
      try (var storage = open("recovery", gate)) {
        System.out.printf(
            "recovery of %,d entries of %d bytes: %.2f s%n",
            storage.recovered().entries().size(), SMALL_BYTES, (System.nanoTime() - start) / 1e9);
      }
    }
  }

  private Storage open(String name, Storage.Listener listener) {
    return Storage.open(folder.resolve(name), 1, StorageOptions.DEFAULTS, listener);
  }
}
