package io.raftkv.storage;

import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files of one server without a thread of their own: each call does its work before it returns.
 * {@link Storage} puts the disk thread before it; a simulator calls it in its own time. It is not
 * thread-safe.
 */
public final class LogFiles {
  private final DataDirectory directory;
  private final Disk disk;
  private final Wal wal;
  private final NoSpace noSpace;
  private final int batchBytesMax;
  private final long cutBytes;
  private final SnapshotFiles snapshots;
  private final OldSegments oldSegments;
  private final long snapshotBytes;
  private PersistentState recovered;
  private Optional<KvStore> recoveredStore;

  private LogFiles(
      DataDirectory directory,
      Wal wal,
      NoSpace noSpace,
      StorageOptions options,
      Recovery.Result result) {
    this.directory = directory;
    disk = options.disk();
    this.wal = wal;
    this.noSpace = noSpace;
    batchBytesMax = options.batchBytesMax();
    snapshots = new SnapshotFiles(directory.path(), options);
    oldSegments = new OldSegments(directory.path(), options.disk());
    cutBytes = result.cutBytes();
    recovered = result.state();
    recoveredStore = result.snapshot().map(SnapshotFiles.Loaded::store);
    snapshotBytes = result.snapshot().map(SnapshotFiles.Loaded::bytes).orElse(0L);
  }

  /**
   * Locks the folder, recovers the log, and begins a new life of the server; if the log has lost
   * its end, as a new incarnation, and what was there is set aside.
   *
   * @throws StorageFailure if the folder is in use or another server's, the data are damaged or the
   *     disk fails; then nothing is left open
   */
  public static LogFiles open(Path path, int serverId, StorageOptions options) {
    try {
      return openAsItIs(path, serverId, options);
    } catch (StorageFailure failure) {
      if (failure.lostClusterId() == 0) {
        throw failure;
      }
      setAside(path, serverId, options, failure);
      return openAsItIs(path, serverId, options);
    }
  }

  private static void setAside(
      Path path, int serverId, StorageOptions options, StorageFailure failure) {
    try {
      LostLog.setAside(path, serverId, options, failure);
    } catch (IOException e) {
      throw StorageFailure.disk(path, e);
    }
  }

  private static LogFiles openAsItIs(Path path, int serverId, StorageOptions options) {
    try {
      var locked = DataDirectory.open(path, serverId, options);
      try {
        LostLog.checkNotGivenUp(locked, options.disk());
        var noSpace = new NoSpace(locked.path(), options);
        var snapshots = new SnapshotFiles(locked.path(), options);
        snapshots.deleteUnfinished();
        var damaged = new ArrayList<Path>();
        var snapshot = snapshots.load(damaged);
        var result = new Recovery(locked, snapshot, options.disk(), noSpace).run();
        snapshots.setAside(damaged);
        noSpace.outwait(() -> locked.beginLife(result.newestSegment()));
        var wal = new Wal(locked, options, noSpace, result);
        complete(wal, result.missing());
        return new LogFiles(locked, wal, noSpace, options, result);
      } catch (IOException | RuntimeException failure) {
        locked.close();
        throw failure;
      }
    } catch (AccessDeniedException | FileAlreadyExistsException | NotDirectoryException e) {
      throw StorageFailure.unusable(path, e);
    } catch (IOException e) {
      throw StorageFailure.disk(path, e);
    }
  }

  private static void complete(Wal wal, List<LogRecord> missing) throws IOException {
    try {
      missing.forEach(wal::gather);
      wal.flush();
    } catch (IOException | RuntimeException failure) {
      wal.close();
      throw failure;
    }
  }

  Path path() {
    return directory.path();
  }

  int serverId() {
    return directory.identity().serverId();
  }

  /** This data directory's random number, never 0. */
  public long incarnation() {
    return directory.identity().incarnation();
  }

  /** The newest life that was forced. */
  public Life life() {
    return directory.identity().life();
  }

  /** What the log held. It is handed over once, so that it does not stay in memory twice. */
  public PersistentState recovered() {
    var state = recovered;
    recovered = PersistentState.EMPTY;
    return state;
  }

  /** The state of the snapshot that the log follows; the empty one if there is none; given once. */
  public KvStore recoveredStore() {
    var store = recoveredStore.orElseGet(KvStore::new);
    recoveredStore = Optional.empty();
    return store;
  }

  /** The size of the snapshot that the log follows, 0 if there is none. */
  public long recoveredSnapshotBytes() {
    return snapshotBytes;
  }

  /** The snapshots in this folder. */
  public SnapshotFiles snapshots() {
    return snapshots;
  }

  /**
   * Deletes those files of the log whose entries a durable snapshot covers, all of them. After an
   * exception the files must not be written to again.
   *
   * @param index of the last entry that is not needed
   */
  public void dropLogUpTo(long index) throws IOException {
    oldSegments.delete(index);
  }

  /** How many bytes of an unfinished write were cut off the log when it was opened. */
  public long cutBytes() {
    return cutBytes;
  }

  /** Whether so much was gathered that it should be forced before more is. */
  boolean isBatchFull() {
    return wal.gatheredBytes() > batchBytesMax;
  }

  /** Takes the records into the next batch. */
  public void gather(List<LogRecord> records) {
    records.forEach(this::gather);
  }

  void gather(LogRecord record) {
    wal.gather(record);
  }

  /**
   * Makes all that was gathered durable. After an exception the files must not be written to again.
   */
  public void flush() throws IOException {
    wal.flush();
  }

  /** Makes the life durable. After an exception the files must not be written to again. */
  public void forceLife(Life life) throws IOException {
    noSpace.outwait(() -> directory.save(directory.identity().with(life)));
  }

  /** Never opens this log again as who it was: the next start sets it aside. */
  public void giveUp(long clusterId) throws IOException {
    LostLog.giveUp(directory, clusterId, disk);
  }

  /** Says on the disk that the last batch was forced; to be called when the log comes to rest. */
  public void mark() throws IOException {
    wal.mark();
  }

  /** Whoever waits for room on a full disk gives up. */
  void stopWaiting() {
    noSpace.close();
  }

  void closeLog() throws IOException {
    noSpace.close();
    wal.close();
  }

  void unlock() throws IOException {
    directory.close();
  }
}
