package io.raftkv.raft;

import io.raftkv.base.Bytes;
import java.util.List;

/** What happens to a server, as {@link RaftNode#handle} takes it. */
public sealed interface Event {
  /** Calls the method of {@code handler} that is for this kind of event. */
  void dispatch(Handler handler);

  /**
   * The time. It opens every turn and only sets the clock: deadlines are judged at the flush.
   *
   * @param monotonicMillis milliseconds since some fixed moment; never goes back
   * @param wallMillis the wall clock, milliseconds since 1970
   */
  record Tick(long monotonicMillis, long wallMillis) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onTick(this);
    }
  }

  /**
   * A message has come in.
   *
   * @param incarnation which data directory of {@code from} is talking, as its handshake said
   */
  record Receive(int from, long incarnation, Message message) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onReceive(this);
    }
  }

  /** This server wants these commands in the log, in this order; dropped if no leader is known. */
  record Propose(List<Bytes> commands) implements Event {
    public Propose {
      commands = List.copyOf(commands);
    }

    @Override
    public void dispatch(Handler handler) {
      handler.onPropose(this);
    }
  }

  /** This server wants to read; dropped if no leader is known, so ask again when one is. */
  record Read(long readId) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onRead(this);
    }
  }

  /**
   * The state machine holds something that ends at {@code deadline} of the cluster clock, which has
   * come: a leader makes sure that its log says so, and answers no read below that entry.
   *
   * @param isAwaited whether a read waits for it; otherwise it may wait for the entry that says so
   *     of an earlier deadline
   */
  record Expire(long deadline, boolean isAwaited) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onExpire(this);
    }
  }

  /** All writes up to this {@link Effect.Write#sequence} are durable. */
  record Written(long sequence) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onWritten(this);
    }
  }

  /**
   * The outgoing link to {@code peer} is open: what is sent now has a chance to arrive, and what
   * was sent before may be lost.
   *
   * @param incarnation which data directory the peer said it has
   * @param clusterId the cluster the peer knows it belongs to, 0 if it knows of none
   */
  record LinkOpened(int peer, long incarnation, long clusterId) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onLinkOpened(this);
    }
  }

  /** The incoming link from {@code peer} closed: evidence, not proof, that its process died. */
  record LinkClosed(int peer) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onLinkClosed(this);
    }
  }

  /** Whoever leads is asked to make {@code to} the leader (dissertation 3.10). */
  record TransferLeadership(int to) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onTransferLeadership(this);
    }
  }

  /**
   * An operator wants a change of the configuration; {@link Effect.Changed} says what came of it.
   *
   * @param requestId by which the answer is known
   */
  record ChangeConfiguration(long requestId, Change change) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onChangeConfiguration(this);
    }
  }

  /**
   * A majority of voters agrees on another state behind this entry than this server's state machine
   * has come to: it is the one that is wrong.
   */
  record StateContradicted(long index) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onStateContradicted(this);
    }
  }

  /** This server's disk is nearly full, or has room again. */
  record RoomChanged(boolean isShort) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onRoomChanged(this);
    }
  }

  /**
   * A snapshot of this server's own state is durable and was read back, so that the log in front of
   * it is no longer needed to start from.
   */
  record SnapshotTaken(SnapshotId snapshot) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onSnapshotTaken(this);
    }
  }

  /**
   * Another server's snapshot is durable here and was read back. It is committed state, and so good
   * whoever sent it and whatever its term.
   */
  record SnapshotArrived(Snapshot snapshot) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onSnapshotArrived(this);
    }
  }

  /**
   * An {@link Effect.SendSnapshot} has come to its end.
   *
   * @param delivered whether {@code to} has the snapshot, or something newer
   */
  record SnapshotSent(int to, boolean delivered) implements Event {
    @Override
    public void dispatch(Handler handler) {
      handler.onSnapshotSent(this);
    }
  }

  /** One method for each kind of event. */
  interface Handler {
    void onTick(Tick event);

    void onReceive(Receive event);

    void onPropose(Propose event);

    void onRead(Read event);

    void onExpire(Expire event);

    void onWritten(Written event);

    void onLinkOpened(LinkOpened event);

    void onLinkClosed(LinkClosed event);

    void onTransferLeadership(TransferLeadership event);

    void onChangeConfiguration(ChangeConfiguration event);

    void onStateContradicted(StateContradicted event);

    void onRoomChanged(RoomChanged event);

    void onSnapshotTaken(SnapshotTaken event);

    void onSnapshotArrived(SnapshotArrived event);

    void onSnapshotSent(SnapshotSent event);
  }
}
