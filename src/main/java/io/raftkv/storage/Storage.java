package io.raftkv.storage;

import io.raftkv.base.Failure;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.raft.Effect;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The files of one server and the thread that owns them. */
public final class Storage implements AutoCloseable {
  private final LogFiles files;
  private final WalThread thread;
  private final Life life;
  private final Room room;
  private final Scrub scrub;

  /** What the disk thread reports; called on that thread. */
  public interface Listener {
    /** All writes up to this sequence are durable. */
    void written(long sequence);

    /** This life is durable. */
    void lifeForced(Life life);

    /** The disk failed: nothing is durable any more from now on; said once. */
    void failed(Failure failure);
  }

  private Storage(LogFiles files, WalThread thread, StorageOptions options) {
    this.files = files;
    this.thread = thread;
    life = files.life();
    room = new Room(files.path(), files.snapshots(), options);
    scrub = new Scrub(files.path(), files.incarnation(), files.snapshots(), options);
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
    var files = LogFiles.open(directory, serverId, options);
    var thread = new WalThread(files, listener);
    var storage = new Storage(files, thread, options);
    thread.start();
    return storage;
  }

  /** This data directory's random number, never 0. */
  public long incarnation() {
    return files.incarnation();
  }

  /** This run of the server, forced already. */
  public Life life() {
    return life;
  }

  /** What the log held. It is handed over once, so that it does not stay in memory twice. */
  public PersistentState recovered() {
    return files.recovered();
  }

  /** The state of the snapshot that the log follows; the empty one if there is none; given once. */
  public KvStore recoveredStore() {
    return files.recoveredStore();
  }

  /** The size of the snapshot that the log follows, 0 if there is none. */
  public long recoveredSnapshotBytes() {
    return files.recoveredSnapshotBytes();
  }

  /** The snapshots of this server, to be written and read by a worker. */
  public SnapshotFiles snapshots() {
    return files.snapshots();
  }

  /** Reads the files at rest again; for a worker, and ended by {@link #close}. */
  public Scrub scrub() {
    return scrub;
  }

  /**
   * Whether there is so little room left on the disk that what grows should not be written: less
   * than four log files and two snapshots take. It asks the disk, and so is for a worker, one at a
   * time.
   */
  public boolean isShortOfRoom() throws IOException {
    return room.isShort();
  }

  /**
   * Whether the snapshot of this entry, or a newer one, is still there: one that goes bad is set
   * aside. It asks the disk, and so is for a worker.
   *
   * @param index of a snapshot that was there, or 0
   */
  public boolean hasSnapshot(long index) throws IOException {
    return snapshots().newestIndex() >= index;
  }

  /**
   * Deletes what of the log is no longer needed, behind all that was given before; returns at once.
   *
   * @param index of the last entry that is not needed: a durable snapshot covers it
   */
  public void dropLogUpTo(long index) {
    thread.add(new WalThread.Drop(index));
  }

  /**
   * Makes these records durable, behind all that were given before; returns at once, and the
   * listener hears of it.
   */
  public void write(long sequence, List<LogRecord> records) {
    thread.add(new WalThread.Write(sequence, records));
  }

  /**
   * This incarnation is over: its files are set aside at the next start, as which the server joins
   * its cluster anew. Returns at once; the disk thread ends, and the listener hears why.
   */
  public void giveUp(Effect.GivenUp why) {
    thread.add(new WalThread.GiveUp(why));
  }

  /** Makes this life durable; returns at once, and the listener hears of it. */
  public void forceLife(Life next) {
    thread.add(new WalThread.ForceLife(next));
  }

  /**
   * Writes what was given so far, then closes everything and gives up the lock. It blocks for that
   * long, and may be called again.
   */
  @Override
  public void close() {
    scrub.close();
    thread.finish();
    try {
      files.unlock();
    } catch (IOException e) {
      throw StorageFailure.disk(files.path(), e);
    }
  }
}
