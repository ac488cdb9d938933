package io.raftkv.storage;

import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a server's log at its start: every file from the first, every batch, every record. It cuts
 * nothing but a tail that was never forced, stops at everything else that is not as it was written,
 * and comes to the same result if it is itself cut off and run again.
 *
 * <p>What it read may be no more than the system's memory of a write that a killed process never
 * forced, or of one whose force failed, which the system then takes for written. So the last batch
 * is written once more, and forced, before anything that it says is taken for durable.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final long PROGRESS_NANOS = 1_000_000_000L;

  private final DataDirectory directory;
  private final Disk disk;
  private final NoSpace noSpace;
  private final PersistentState.Fold fold = new PersistentState.Fold();
  private long progressAt;
  private long cutBytes;

  /**
   * Where the log goes on: behind the last intact batch of the newest file.
   *
   * @param marked whether it is said on the disk that the last batch with records was forced
   */
  record End(SegmentHeader header, int position, int chain, long batches, boolean marked) {}

  /**
   * What the log holds.
   *
   * @param end empty if there is no log yet
   * @param cutBytes how much of an unfinished write was cut off its end
   */
  record Result(PersistentState state, LogSummary summary, Optional<End> end, long cutBytes) {
    /** The number of the newest file, 0 if there is none. */
    long newestSegment() {
      return end.map(last -> last.header().number()).orElse(0L);
    }
  }

  Recovery(DataDirectory directory, Disk disk, NoSpace noSpace) {
    this.directory = directory;
    this.disk = disk;
    this.noSpace = noSpace;
    progressAt = System.nanoTime() + PROGRESS_NANOS;
  }

  Result run() throws IOException {
    var names = disk.list(directory.path()).stream().filter(SegmentName::isSegment).toList();
    checkComplete(names);
    Optional<End> end = Optional.empty();
    for (int i = 0; i < names.size(); i++) {
      end = Optional.of(readSegment(names.get(i), end, i == names.size() - 1));
      reportProgress(i + 1, names.size());
    }
    var summary = summary(fold);
    return new Result(fold.state(), summary, end, cutBytes);
  }

  private void checkComplete(List<String> names) {
    long newest = names.isEmpty() ? 0 : SegmentName.number(names.get(names.size() - 1));
    for (int i = 0; i < names.size(); i++) {
      if (SegmentName.number(names.get(i)) != i + 1) {
        throw missing(i + 1);
      }
    }
    if (newest < directory.identity().newestSegment()) {
      throw missing(newest + 1);
    }
  }

  private StorageFailure missing(long number) {
    var file = directory.path().resolve(SegmentName.of(number));
    return StorageFailure.damaged(file, 0, "the file is missing");
  }

  private End readSegment(String name, Optional<End> before, boolean isNewest) throws IOException {
    var file = directory.path().resolve(name);
    try (var open = disk.open(file)) {
      var reader = new SegmentReader(file, readAll(open));
      checkFollows(file, reader.header(), before);
      reader.read(fold);
      if (reader.garbageEnd() > reader.position()) {
        cutTail(file, open, reader, isNewest);
      }
      if (isNewest) {
        var last = reader.lastBatch();
        noSpace.outwait(() -> open.write(last.duplicate(), last.position()));
        open.force();
      }
      return reader.end();
    } catch (IllegalArgumentException e) {
      throw StorageFailure.damaged(file, 0, String.valueOf(e.getMessage()));
    }
  }

  private static ByteBuffer readAll(Disk.File file) throws IOException {
    var segment = ByteBuffer.allocate((int) file.size());
    file.read(segment, 0);
    return segment.flip();
  }

  private void checkFollows(Path file, SegmentHeader header, Optional<End> before) {
    if (header.incarnation() != directory.identity().incarnation()) {
      throw StorageFailure.damaged(file, 0, "the file belongs to another data directory");
    }
    if (!file.endsWith(SegmentName.of(header.number()))) {
      throw StorageFailure.damaged(file, 0, "this was file " + header.number());
    }
    int chain = before.map(End::chain).orElse(0);
    long batches = before.map(End::batches).orElse(0L);
    if (header.chain() != chain
        || header.batches() != batches
        || !header.state().equals(summary(fold))) {
      throw StorageFailure.damaged(
          file, 0, "the file before has lost its end, behind entry " + fold.lastIndex());
    }
  }

  private static LogSummary summary(PersistentState.Fold fold) {
    return new LogSummary(fold.term(), fold.votedFor(), fold.clusterId(), fold.lastIndex());
  }

  /** What stands behind the last intact batch was being written when the server died. */
  private void cutTail(Path file, Disk.File open, SegmentReader reader, boolean isNewest)
      throws IOException {
    if (!isNewest) {
      throw StorageFailure.damaged(
          file, reader.position(), "the log is damaged behind entry " + fold.lastIndex());
    }
    cutBytes = (long) reader.garbageEnd() - reader.position();
    noSpace.outwait(() -> Zeros.fill(open, reader.position(), cutBytes));
    LOG.warn(
        "cut {} bytes of an unfinished write at the end of {}, from byte {}",
        cutBytes,
        file,
        reader.position());
  }

  private void reportProgress(int done, int all) {
    if (System.nanoTime() - progressAt >= 0) {
      progressAt = System.nanoTime() + PROGRESS_NANOS;
      LOG.info("recovering: {} entries, {} %", fold.lastIndex(), 100L * done / all);
    }
  }
}
