package io.raftkv.storage;

import io.raftkv.base.Failure;
import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;

/** The files of one server and the thread that owns them. */
public final class Storage implements AutoCloseable {
  private final DataDirectory directory;
  private final WalThread thread;
  private final long incarnation;
  private final Life life;
  private PersistentState recovered;

  /** What the disk thread reports; called on that thread. */
  public interface Listener {
    /** All writes up to this sequence are durable. */
    void written(long sequence);

    /** This life is durable. */
    void lifeForced(Life life);

    /** The disk failed: nothing is durable any more from now on; said once. */
    void failed(Failure failure);
  }

  private Storage(DataDirectory directory, PersistentState recovered, WalThread thread) {
    this.directory = directory;
    this.thread = thread;
    this.recovered = recovered;
    incarnation = directory.identity().incarnation();
    life = directory.identity().life();
  }

  /**
   * Locks the folder, recovers the log, begins a new life of the server and starts the disk thread.
   * It blocks for as long as it takes to read the log.
   *
   * @throws StorageFailure if the folder is in use or another server's, the data are damaged or the
   *     disk fails; then nothing is left open
   */
  public static Storage open(
      Path directory, int serverId, StorageOptions options, Listener listener) {
    var disk = options.disk();
    try {
      var locked = DataDirectory.open(directory, serverId, disk);
      try {
        var result = new Recovery(locked, disk).run();
        locked.beginLife();
        var noSpace = new NoSpace(locked.path(), disk);
        var wal = new Wal(locked, disk, options, noSpace, result);
        var thread = new WalThread(locked, wal, noSpace, options, listener);
        thread.start();
        return new Storage(locked, result.state(), thread);
      } catch (IOException | RuntimeException failure) {
        locked.close();
        throw failure;
      }
    } catch (AccessDeniedException | FileAlreadyExistsException | NotDirectoryException e) {
      throw StorageFailure.unusable(directory, e);
    } catch (IOException e) {
      throw StorageFailure.disk(directory, e);
    }
  }

  /** This data directory's random number, never 0. */
  public long incarnation() {
    return incarnation;
  }

  /** This run of the server, forced already. */
  public Life life() {
    return life;
  }

  /** What the log held. It is handed over once, so that it does not stay in memory twice. */
  public PersistentState recovered() {
    var state = recovered;
    recovered = PersistentState.EMPTY;
    return state;
  }

  /**
   * Makes these records durable, behind all that were given before; returns at once, and the
   * listener hears of it.
   */
  public void write(long sequence, List<LogRecord> records) {
    thread.add(new WalThread.Task(sequence, records, Life.NONE));
  }

  /** Makes this life durable; returns at once, and the listener hears of it. */
  public void forceLife(Life next) {
    thread.add(new WalThread.Task(0, List.of(), next));
  }

  /**
   * Writes what was given so far, then closes everything and gives up the lock. It blocks for that
   * long, and may be called again.
   */
  @Override
  public void close() {
    thread.finish();
    try {
      directory.close();
    } catch (IOException e) {
      throw StorageFailure.disk(directory.path(), e);
    }
  }
}
