package io.raftkv.sim;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Image;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import io.raftkv.raft.Snapshot;
import io.raftkv.replica.StartState;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The log of one server: what it writes, and what is left of it after a crash. */
interface SimLog {
  /**
   * What a server finds when it starts.
   *
   * @param at when it has read it
   * @param store the state of the snapshot that the log follows
   * @param cutBytes how much of an unfinished write was cut off
   */
  record Start(
      long at,
      long incarnation,
      Life life,
      PersistentState state,
      StartState store,
      long cutBytes) {}

  /** A snapshot as it goes from server to server. */
  record Copy(Snapshot snapshot, Bytes file) {}

  /**
   * A snapshot has been written.
   *
   * @param at when it was durable
   * @param oldestIndex of the oldest one that is kept
   */
  record Saved(long at, long bytes, long oldestIndex) {}

  /** A snapshot of another server has been written; {@code at} says when it was durable. */
  record Received(long at, KvStore store, long bytes) {}

  /** Writes a snapshot. */
  Saved save(long now, Snapshot snapshot, Image image) throws IOException;

  /** The newest snapshot, to be sent. */
  Optional<Copy> newest(long now) throws IOException;

  /** Writes another server's snapshot. */
  Received receive(long now, Copy copy) throws IOException;

  /** Drops what of the log is no longer needed; returns when that is done. */
  long dropLogUpTo(long now, long index) throws IOException;

  /**
   * Opens the log at this time; a new life has begun.
   *
   * @throws io.raftkv.base.Failure if what is there is damaged, or the disk fails
   */
  Start open(long now);

  /** Makes the records durable; returns when they are. */
  long write(long now, List<LogRecord> records) throws IOException;

  /** Makes the life durable; returns when it is. */
  long forceLife(long now, Life life) throws IOException;

  /** The log has come to rest, and says so; returns when it has. */
  long rest(long now) throws IOException;

  /** The process dies, and the machine too if {@code power} is lost. */
  void crash(long now, boolean power);

  /** Turns a bit of what lies there, if there are bits; to be run to turn it back. */
  Optional<Runnable> flipBit();

  /** The disk forgets a write that it had said was forced; to be run to bring it back. */
  Optional<Runnable> loseWrite();

  /**
   * Remembers the disk as it is durable now; to be run, while the server is down, to put that back.
   * Empty if no disk of this kind can go back.
   */
  Optional<Runnable> copy(long now);

  /** Notes that this incarnation is over, for the next start; returns when that is durable. */
  long giveUp(long now, long clusterId) throws IOException;

  /**
   * Puts a state on the disk, which is empty, as a restore does before the server is started.
   *
   * @param founding the state's name, and the cluster that is to begin with it
   */
  void restore(Snapshot founding, KvStore store) throws IOException;

  /** How the disk feels. */
  DiskWeather weather();

  /** How many operations the disk has done since the log was opened. */
  long operations();

  /** In how many files the log lies, 0 if there are none. */
  long segments();
}
