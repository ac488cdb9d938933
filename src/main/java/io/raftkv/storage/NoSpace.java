package io.raftkv.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A full disk is the one error of a write that may be waited out: nothing of the write was
 * acknowledged, and the file did not change its size. To consensus it is a disk that does not
 * answer. A force that fails is not waited out, on a full disk either.
 */
final class NoSpace {
  private static final Logger LOG = LoggerFactory.getLogger(NoSpace.class);
  private static final long RETRY_MILLIS = 1_000;

  /** With less room than this a disk is full, whatever language says so. */
  private static final long FULL_BYTES = 1 << 20;

  private final Path directory;
  private final Disk disk;
  private final Machine machine;
  private final CountDownLatch closing = new CountDownLatch(1);

  NoSpace(Path directory, StorageOptions options) {
    this.directory = directory;
    disk = options.disk();
    machine = options.machine();
  }

  /** A step that may find the disk full; it can be taken again. */
  interface Step {
    void run() throws IOException;
  }

  /** Takes the step, again and again while the disk is full. */
  void outwait(Step step) throws IOException {
    boolean said = false;
    while (true) {
      try {
        step.run();
        return;
      } catch (ForceFailure fatal) {
        throw fatal;
      } catch (IOException e) {
        if (!isNoSpace(e) || closing.getCount() == 0) {
          throw e;
        }
        if (!said) {
          LOG.error("the disk is full: {}; nothing is written until there is room", e.getMessage());
          said = true;
        }
        pause(e);
      }
    }
  }

  private void pause(IOException cause) throws IOException {
    try {
      if (machine.await(closing, RETRY_MILLIS)) {
        throw cause;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cause;
    }
  }

  /** Nothing is waited for any more. */
  void close() {
    closing.countDown();
  }

  /** The message may be in the user's language, so the disk is asked, too. */
  private boolean isNoSpace(IOException e) throws IOException {
    var text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains("no space left")
        || text.contains("quota exceeded")
        || disk.usableBytes(directory) < FULL_BYTES;
  }
}
