package io.raftkv.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The file that will be the next segment, filled with zeros and forced ahead of its time by a
 * thread that lives only that long, so that no write waits for it.
 */
final class SpareSegment {
  private final Path path;
  private final Disk disk;
  private final Machine machine;
  private final NoSpace noSpace;
  private CompletableFuture<Long> ready = CompletableFuture.completedFuture(0L);

  SpareSegment(Path directory, StorageOptions options, NoSpace noSpace) {
    this.path = directory.resolve(SegmentName.SPARE);
    disk = options.disk();
    machine = options.machine();
    this.noSpace = noSpace;
  }

  Path path() {
    return path;
  }

  /**
   * Begins to make a file of this size, unless one is there or on its way. Throws if one could not
   * be made: a disk that fails here is not to be trusted with anything else.
   */
  void prepare(long bytes) throws IOException {
    if (ready.isDone() && readyBytes() == 0) {
      var promise = new CompletableFuture<Long>();
      ready = promise;
      begin(bytes, promise);
    }
    if (ready.isDone()) {
      readyBytes();
    }
  }

  /** Whoever waits for the file must hear of it also where no thread can be had, or one dies. */
  private void begin(long bytes, CompletableFuture<Long> promise) {
    try {
      machine.runBeside(() -> make(bytes, promise), "raftkv-spare-segment");
    } catch (RuntimeException | Error e) {
      promise.completeExceptionally(e);
      throw e;
    }
  }

  /** The size of the file, 0 if there is none; waits for the thread that makes it. */
  private long readyBytes() throws IOException {
    try {
      return ready.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException("the next log file was not made: " + e.getCause(), e);
    }
  }

  private void make(long bytes, CompletableFuture<Long> promise) {
    try {
      noSpace.outwait(() -> fill(bytes));
      promise.complete(bytes);
    } catch (IOException | RuntimeException e) {
      promise.completeExceptionally(e);
    } catch (Error e) {
      promise.completeExceptionally(e);
      throw e;
    }
  }

  private void fill(long bytes) throws IOException {
    try (var file = disk.open(path)) {
      Zeros.fill(file, 0, bytes);
      ForceFailure.guard(file::force);
    } catch (IOException e) {
      disk.delete(path);
      throw e;
    }
  }

  /** Waits until a file of at least this size is there; it is then the caller's. */
  void take(long bytes) throws IOException {
    prepare(bytes);
    if (readyBytes() < bytes) {
      noSpace.outwait(() -> fill(bytes));
    }
    ready = CompletableFuture.completedFuture(0L);
  }

  /** Waits for the thread, if there is one. */
  void close() {
    ready.exceptionally(failure -> 0L).join();
  }
}
