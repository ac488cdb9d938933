package io.raftkv.raft;

import java.util.List;

/**
 * What a server wants done, as {@link RaftNode#flush} gives it. Each may be performed as soon as it
 * is out: writes in their order, the sends to one peer in their order, applies in their order,
 * otherwise any order.
 */
public sealed interface Effect {
  /** Calls the method of {@code handler} that is for this kind of effect. */
  void dispatch(Handler handler);

  /** Send this message. */
  record Send(int to, Message message) implements Effect {
    @Override
    public void dispatch(Handler handler) {
      handler.onSend(this);
    }
  }

  /**
   * Make these records durable, then say {@link Event.Written}.
   *
   * @param sequence 1, 2, 3, … in the order of the writes
   */
  record Write(long sequence, List<LogRecord> records) implements Effect {
    public Write {
      records = List.copyOf(records);
    }

    @Override
    public void dispatch(Handler handler) {
      handler.onWrite(this);
    }
  }

  /** These entries are committed for ever; they follow those of the {@code Apply} before. */
  record Apply(List<Entry> entries) implements Effect {
    public Apply {
      entries = List.copyOf(entries);
    }

    @Override
    public void dispatch(Handler handler) {
      handler.onApply(this);
    }
  }

  /** The read may be answered once everything up to {@code index} is applied. */
  record ReadReady(long readId, long index) implements Effect {
    @Override
    public void dispatch(Handler handler) {
      handler.onReadReady(this);
    }
  }

  /**
   * The role, the term or the known leader changed.
   *
   * @param leader a server's id, or {@link RaftNode#NOBODY}
   */
  record RoleChanged(Role.Kind role, long term, int leader) implements Effect {
    @Override
    public void dispatch(Handler handler) {
      handler.onRoleChanged(this);
    }
  }

  /** The server now belongs to this cluster: what it tells peers about itself changes. */
  record Joined(long clusterId) implements Effect {
    @Override
    public void dispatch(Handler handler) {
      handler.onJoined(this);
    }
  }

  /**
   * Send the newest snapshot to a server whose log is too far behind, then say {@link
   * Event.SnapshotSent}; one at a time for each server.
   *
   * @param atLeast up to where it must reach, so that the log can go on behind it
   */
  record SendSnapshot(int to, long atLeast) implements Effect {
    @Override
    public void dispatch(Handler handler) {
      handler.onSendSnapshot(this);
    }
  }

  /**
   * The state is now that of this snapshot, which has arrived: it takes the place of all entries up
   * to its index, also of those that were never applied.
   */
  record Restore(Snapshot snapshot) implements Effect {
    @Override
    public void dispatch(Handler handler) {
      handler.onRestore(this);
    }
  }

  /**
   * What came of an {@link Event.ChangeConfiguration}.
   *
   * @param refusal why it was not made, or {@link #DONE} if it is committed
   */
  record Changed(long requestId, String refusal) implements Effect {
    /** The change is made, for ever. */
    public static final String DONE = "";

    @Override
    public void dispatch(Handler handler) {
      handler.onChanged(this);
    }
  }

  /**
   * This server cannot be trusted any more: stop, and never run again as this incarnation. It may
   * join its cluster as a new one.
   *
   * @param clusterId the cluster that it belongs to
   * @param index the entry by which that is known
   */
  record GivenUp(long clusterId, Reason reason, long index) implements Effect {
    /** Why. */
    public enum Reason {
      /** Its disk is an older copy: it had acknowledged the entry, and does not have it. */
      OLDER_COPY,
      /** Its state behind the entry is not what a majority holds. */
      WRONG_STATE
    }

    @Override
    public void dispatch(Handler handler) {
      handler.onGivenUp(this);
    }
  }

  /**
   * A member has said what its state machine comes to.
   *
   * @param incarnation which data directory of {@code from} said so
   */
  record StateTold(int from, long incarnation, Message.StateDigest digest) implements Effect {
    @Override
    public void dispatch(Handler handler) {
      handler.onStateTold(this);
    }
  }

  /** One method for each kind of effect. */
  interface Handler {
    void onSend(Send effect);

    void onWrite(Write effect);

    void onApply(Apply effect);

    void onReadReady(ReadReady effect);

    void onRoleChanged(RoleChanged effect);

    void onJoined(Joined effect);

    void onSendSnapshot(SendSnapshot effect);

    void onRestore(Restore effect);

    void onChanged(Changed effect);

    void onGivenUp(GivenUp effect);

    void onStateTold(StateTold effect);
  }
}
