package io.raftkv.replica;

import io.raftkv.kv.Image;
import io.raftkv.kv.Life;
import io.raftkv.kv.Reply;
import io.raftkv.raft.Effect;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.Message;
import io.raftkv.raft.Role;
import io.raftkv.raft.Snapshot;
import java.util.List;

/**
 * The world as a replica sees it. Every method returns nothing: a replica tells the world, and
 * never asks it.
 */
public interface Environment {
  /** Send this message; it may get lost. */
  void send(int to, Message message);

  /**
   * Make these records durable, then tell the replica so with {@link io.raftkv.raft.Event.Written}.
   */
  void write(long sequence, List<LogRecord> records);

  /** Make this life durable, then say {@link Replica#lifeForced}. */
  void forceLife(Life life);

  /** Answer a client; the replies of one connection come in the order of its requests. */
  void reply(long connection, Reply reply);

  /**
   * The role, the term or the known leader changed.
   *
   * @param leader a server's id, or {@link io.raftkv.raft.RaftNode#NOBODY}
   */
  void roleChanged(Role.Kind role, long term, int leader);

  /** The server now belongs to this cluster. */
  void joined(long clusterId);

  /**
   * Make this snapshot durable, then say {@link Replica#snapshotSaved} or {@link
   * Replica#snapshotFailed}; one at a time.
   */
  void saveSnapshot(Snapshot snapshot, Image image);

  /**
   * Send the newest durable snapshot, then say {@link io.raftkv.raft.Event.SnapshotSent}. One that
   * is under way to this server already goes on, and counts for this, too.
   *
   * @param atLeast up to where it must reach to be of use
   */
  void sendSnapshot(int to, long atLeast);

  /**
   * An {@link io.raftkv.raft.Event.ChangeConfiguration} has come to its end.
   *
   * @param refusal why it was not made, or {@link io.raftkv.raft.Effect.Changed#DONE}
   */
  void changed(long requestId, String refusal);

  /** Stop for good as this incarnation, which cannot be trusted any more. */
  void givenUp(Effect.GivenUp why);

  /**
   * This server's state behind the entry at {@code index} is not that of {@code other}; said for
   * each pair of digests that differ.
   */
  void stateDiffers(int other, long index);

  /** The server has caught up for the first time since it started, and serves its clients. */
  void serving();
}
