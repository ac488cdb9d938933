package io.raftkv.bus;

import io.raftkv.raft.Change;

/**
 * From the peer transport to the replica: what somebody wants who looks after the servers. Each is
 * answered by an {@link OperatorReply} with its id, but for those that a restart or a change of the
 * leader overtakes.
 */
public sealed interface OperatorRequest {
  /** By which the answer is known. */
  long id();

  /** Calls the method of {@code handler} that is for this kind of request. */
  void dispatch(Handler handler);

  /** What this server knows of itself and of the cluster. */
  record Status(long id) implements OperatorRequest {
    @Override
    public void dispatch(Handler handler) {
      handler.onStatus(this);
    }
  }

  /** A change of the configuration; only the leader makes it. */
  record MakeChange(long id, Change change) implements OperatorRequest {
    @Override
    public void dispatch(Handler handler) {
      handler.onMakeChange(this);
    }
  }

  /** A snapshot of what is applied by now; answered when the newest snapshot is as new as that. */
  record TakeSnapshot(long id) implements OperatorRequest {
    @Override
    public void dispatch(Handler handler) {
      handler.onTakeSnapshot(this);
    }
  }

  /** One method for each kind of request. */
  interface Handler {
    void onStatus(Status request);

    void onMakeChange(MakeChange request);

    void onTakeSnapshot(TakeSnapshot request);
  }
}
