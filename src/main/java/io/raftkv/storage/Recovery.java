package io.raftkv.storage;

import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private final Optional<SnapshotFiles.Loaded> snapshot;
  private final Disk disk;
  private final NoSpace noSpace;
  private PersistentState.Fold fold = new PersistentState.Fold();
  private long progressAt;
  private long cutBytes;

  /**
   * Where the log goes on: behind the last intact batch of the newest file.
   *
   * @param marked whether it is said on the disk that the last batch with records was forced
   */
  record End(SegmentHeader header, int position, int chain, long batches, boolean marked) {}

  /**
   * What the folder holds.
   *
   * @param summary what the log comes to as it lies there
   * @param end empty if there is no log yet
   * @param missing what must be written before anything else, so that the log follows the snapshot
   * @param snapshot the state that the log follows, if it does not begin with the first entry
   * @param cutBytes how much of an unfinished write was cut off its end
   */
  record Result(
      PersistentState state,
      LogSummary summary,
      Optional<End> end,
      List<LogRecord> missing,
      Optional<SnapshotFiles.Loaded> snapshot,
      long cutBytes) {
    /** The number of the newest file, 0 if there is none. */
    long newestSegment() {
      return end.map(last -> last.header().number()).orElse(0L);
    }
  }

  Recovery(
      DataDirectory directory,
      Optional<SnapshotFiles.Loaded> snapshot,
      Disk disk,
      NoSpace noSpace) {
    this.directory = directory;
    this.snapshot = snapshot;
    this.disk = disk;
    this.noSpace = noSpace;
    progressAt = System.nanoTime() + PROGRESS_NANOS;
  }

  Result run() throws IOException {
    fold.needFrom(snapshotIndex());
    var names = disk.list(directory.path()).stream().filter(SegmentName::isSegment).toList();
    checkComplete(names);
    Optional<End> end = Optional.empty();
    for (int i = 0; i < names.size(); i++) {
      end = Optional.of(readSegment(names.get(i), end, i == names.size() - 1));
      reportProgress(i + 1, names.size());
    }
    checkEnd(names);
    var summary = summary(fold);
    var missing = new ArrayList<>(followSnapshot(names));
    missing.forEach(record -> record.dispatch(fold));
    if (fold.clusterId() == 0) {
      missing.addAll(joinAgain());
    }
    var state = fold.state(snapshot.map(SnapshotFiles.Loaded::snapshot));
    return new Result(state, summary, end, missing, snapshot, cutBytes);
  }

  /**
   * The log must go on where the snapshot ends. If it ends before, or holds other entries there,
   * the server died between the arrival of another server's snapshot and the record that says so;
   * then that record is missing. If it begins too late, what was in between is lost.
   */
  private List<LogRecord> followSnapshot(List<String> names) {
    var snapshotId = snapshot.map(known -> known.snapshot().id()).orElse(SnapshotId.NONE);
    if (fold.before() > snapshotId.index()) {
      throw StorageFailure.damaged(
          directory.path().resolve(names.get(0)),
          0,
          "the log begins behind entry %d, but there is no snapshot beyond entry %d"
              .formatted(fold.before(), snapshotId.index()));
    }
    boolean follows = fold.before() == snapshotId.index() || fold.holds(snapshotId);
    return follows ? List.of() : arrival(snapshot.orElseThrow().snapshot());
  }

  private List<LogRecord> arrival(Snapshot arrived) {
    var end = fold.lastIndex() == 0 ? "is empty" : "ends at entry " + fold.lastIndex();
    LOG.info("the log {}: it goes on behind the snapshot of entry {}", end, arrived.id().index());
    var records = new ArrayList<LogRecord>();
    if (fold.term() < arrived.id().term()) {
      records.add(new LogRecord.Vote(arrived.id().term(), RaftNode.NOBODY));
    }
    if (fold.clusterId() == 0 && arrived.configuration().clusterId() != 0) {
      records.add(new LogRecord.Joined(arrived.configuration().clusterId()));
    }
    records.add(new LogRecord.StartAfter(arrived.id()));
    return records;
  }

  /** Whoever was set aside belongs to its cluster still, whatever it came to write since. */
  private List<LogRecord> joinAgain() throws IOException {
    var known = LostLog.clusterId(directory, disk);
    if (known.isEmpty()) {
      return List.of();
    }
    var joined = new LogRecord.Joined(known.getAsLong());
    joined.dispatch(fold);
    return List.of(joined);
  }

  private long snapshotIndex() {
    return snapshot.map(known -> known.snapshot().id().index()).orElse(0L);
  }

  private void checkComplete(List<String> names) {
    for (int i = 1; i < names.size(); i++) {
      long expected = SegmentName.number(names.get(i - 1)) + 1;
      if (SegmentName.number(names.get(i)) != expected) {
        throw StorageFailure.damaged(
            directory.path().resolve(SegmentName.of(expected)), 0, "the file is missing");
      }
    }
  }

  /** The newest file was noted before anything was written to it. */
  private void checkEnd(List<String> names) throws IOException {
    long newest = names.isEmpty() ? 0 : SegmentName.number(names.get(names.size() - 1));
    if (newest < directory.identity().newestSegment()) {
      var file = directory.path().resolve(SegmentName.of(newest + 1));
      throw endLost(StorageFailure.damaged(file, 0, "the file is missing"));
    }
  }

  /**
   * What the log lost at its end is in the logs of others, unless there are none: then somebody
   * must decide what becomes of the only copy.
   */
  private StorageFailure endLost(StorageFailure damage) throws IOException {
    return isAlone() ? damage : damage.asEndLost(clusterId());
  }

  private int serverId() {
    return directory.identity().serverId();
  }

  private boolean isAlone() {
    return fold.configuration()
        .or(() -> snapshot.map(known -> known.snapshot().configuration()))
        .map(known -> known.isFounding() || known.voters().equals(List.of(serverId())))
        .orElse(false);
  }

  private End readSegment(String name, Optional<End> before, boolean isNewest) throws IOException {
    var file = directory.path().resolve(name);
    try (var open = disk.open(file)) {
      var bytes = readAll(open);
      var reader = isNewest ? readNewest(file, bytes) : new SegmentReader(file, bytes);
      checkOwner(file, reader.header());
      if (before.isPresent() || reader.header().number() == 1) {
        checkFollows(file, reader.header(), before);
      } else {
        fold = reader.header().state().fold();
        fold.needFrom(snapshotIndex());
      }
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

  /**
   * If the newest file is cut short, or neither begins as it should nor holds anything intact, the
   * log has lost its end. Else it was damaged, and somebody can still look for what it held.
   */
  private SegmentReader readNewest(Path file, ByteBuffer bytes) throws IOException {
    try {
      return new SegmentReader(file, bytes);
    } catch (StorageFailure damage) {
      throw SegmentHeader.isNewer(bytes) || holdsBatches(file, bytes) ? damage : endLost(damage);
    }
  }

  /** Whether a file whose header is gone holds batches of this log. */
  private boolean holdsBatches(Path file, ByteBuffer bytes) {
    long number = SegmentName.number(String.valueOf(file.getFileName()));
    return !SegmentHeader.isIntact(bytes)
        && BatchHeader.next(bytes, directory.identity().incarnation(), number, 0) >= 0;
  }

  /** The cluster that anything here says the server belongs to; 0 if nothing does. */
  private long clusterId() throws IOException {
    if (fold.clusterId() != 0) {
      return fold.clusterId();
    }
    return snapshot.isPresent()
        ? snapshot.get().snapshot().configuration().clusterId()
        : LostLog.clusterId(directory, disk).orElse(0);
  }

  private static ByteBuffer readAll(Disk.File file) throws IOException {
    var segment = ByteBuffer.allocate((int) file.size());
    file.read(segment, 0);
    if (segment.hasRemaining()) {
      throw new IOException(
          "only %d of %d bytes of a log file can be read"
              .formatted(segment.position(), segment.limit()));
    }
    return segment.flip();
  }

  private void checkOwner(Path file, SegmentHeader header) {
    if (header.incarnation() != directory.identity().incarnation()) {
      throw StorageFailure.damaged(file, 0, "the file belongs to another data directory");
    }
    if (!file.endsWith(SegmentName.of(header.number()))) {
      throw StorageFailure.damaged(file, 0, "this was file " + header.number());
    }
  }

  private void checkFollows(Path file, SegmentHeader header, Optional<End> before) {
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
