package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The next log file that cannot be made stops the server, which says so and lets go of all. */
class SpareSegmentTest {
  private final MemoryFiles disk = new MemoryFiles();
  private final Recorder recorder = new Recorder();

  /** What happens where the next log file should be made. */
  private interface Trouble {
    void insteadOf(Runnable task);
  }

  /** A machine that makes the first log file, and has trouble with the second. */
  private static final class TroubledMachine implements Machine {
    private final Machine real = new RealMachine();
    private final Trouble trouble;
    private int files;

    TroubledMachine(Trouble trouble) {
      this.trouble = trouble;
    }

    @Override
    public long wallMillis() {
      return real.wallMillis();
    }

    @Override
    public long randomBits() {
      return real.randomBits();
    }

    @Override
    public void runBeside(Runnable task, String name) {
      files++;
      if (files == 1) {
        task.run();
      } else {
        trouble.insteadOf(task);
      }
    }

    @Override
    public boolean await(CountDownLatch closing, long millis) throws InterruptedException {
      return real.await(closing, millis);
    }
  }

  private void assertThatItIsSaid(Trouble trouble, String what) {
    var options = new StorageOptions(1 << 14, 1 << 20, disk, new TroubledMachine(trouble));
    var storage = Storage.open(MemoryFiles.DIRECTORY, 3, options, recorder);
    storage.write(1, List.of(Recorder.append(1, 1, 12_000)));
    recorder.awaitFailure();
    storage.close();

    assertEquals(1, recorder.failures().size(), recorder.failures().toString());
    var failure = recorder.failures().get(0);
    assertEquals(ExitStatus.UNEXPECTED, failure.status());
    assertTrue(failure.getMessage().contains(what), failure.getMessage());
    var again = StorageOptions.DEFAULTS.withDisk(disk.copy());
    Storage.open(MemoryFiles.DIRECTORY, 3, again, new Recorder()).close();
  }

  @Test
  void aThreadThatCannotBeHadIsSaid() {
    assertThatItIsSaid(
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        },
        "unable to create native thread");
  }

  /** A thread of its own would end with the error, and nobody would hear of it. */
  @Test
  void aThreadThatDiesIsSaid() {
    assertThatItIsSaid(
        task -> {
          disk.failForces(new OutOfMemoryError("Cannot reserve direct buffer memory"));
          try {
            task.run();
          } catch (OutOfMemoryError ends) {
            assertEquals("Cannot reserve direct buffer memory", ends.getMessage());
          }
        },
        "the next log file was not made");
  }
}
