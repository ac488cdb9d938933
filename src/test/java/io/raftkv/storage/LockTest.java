package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One data directory is used by one server of one process. */
class LockTest {
  private static final StorageOptions OPTIONS = new StorageOptions(1 << 12, 1 << 20);

  @TempDir Path folder;

  /** What another process runs: ends with what it is told when it opens the folder. */
  public static final class OtherProcess {
    private OtherProcess() {}

    public static void main(String[] arguments) {
      int status = ExitStatus.STOPPED.code();
      try {
        Storage.open(Path.of(arguments[0]), 3, OPTIONS, new Recorder()).close();
      } catch (StorageFailure failure) {
        status = failure.status().code();
      }
      System.exit(status);
    }
  }

  private static int openInAnotherProcess(Path directory) throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the other process hangs");
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static void assertLocked(Path directory) {
    var failure =
        assertThrows(
            StorageFailure.class, () -> Storage.open(directory, 3, OPTIONS, new Recorder()));
    assertEquals(ExitStatus.DATA_LOCKED, failure.status());
    assertTrue(failure.getMessage().contains(directory.toString()), failure.getMessage());
  }

  @Test
  void anotherProcessIsRefusedAlsoAfterThisOneHasTriedAgain() throws Exception {
    var directory = folder.resolve("3");
    try (var storage = Storage.open(directory, 3, OPTIONS, new Recorder())) {
      assertTrue(storage.incarnation() != 0);
      assertLocked(directory);
      OldData.delete(directory, 3, line -> assertTrue(line.contains("in use"), line));

      assertEquals(ExitStatus.DATA_LOCKED.code(), openInAnotherProcess(directory));
    }

    assertEquals(ExitStatus.STOPPED.code(), openInAnotherProcess(directory));
  }

  @Test
  void aLinkToAFolderInUseIsRefused() throws IOException {
    var directory = folder.resolve("3");
    var link = Files.createSymbolicLink(folder.resolve("link"), directory);
    try (var storage = Storage.open(directory, 3, OPTIONS, new Recorder())) {
      assertTrue(storage.incarnation() != 0);

      assertLocked(link);
    }

    Storage.open(link, 3, OPTIONS, new Recorder()).close();
  }

  @Test
  void closingTwiceDoesNotGiveUpTheLockOfTheNext() {
    var directory = folder.resolve("3");
    var first = Storage.open(directory, 3, OPTIONS, new Recorder());
    first.close();
    try (var second = Storage.open(directory, 3, OPTIONS, new Recorder())) {
      assertTrue(second.incarnation() != 0);
      first.close();

      assertLocked(directory);
    }
  }

  @Test
  void aThousandRunsLeaveNoFileOpenAndNoThread() throws IOException {
    var directory = folder.resolve("3");
    Storage.open(directory, 3, OPTIONS, new Recorder()).close();
    long before = openFiles();
    for (int i = 0; i < 1_000; i++) {
      Storage.open(directory, 3, OPTIONS, new Recorder()).close();
    }

    assertTrue(openFiles() - before < 10, before + " files open before, now " + openFiles());
    assertEquals(
        0,
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("raftkv-"))
            .count());
  }

  private static long openFiles() throws IOException {
    var own = Path.of("/proc/self/fd");
    if (!Files.isDirectory(own)) {
      return 0;
    }
    try (var files = Files.list(own)) {
      return files.count();
    }
  }
}
