package io.raftkv.raft;

/** What an operator may want changed in a {@link Configuration}, one change at a time. */
public sealed interface Change {
  /** Calls the method of {@code handler} that is for this kind of change. */
  <T> T dispatch(Handler<T> handler);

  /**
   * A new member is sent the log and counts for nothing until it is promoted (dissertation 4.2.1).
   */
  record AddLearner(int id) implements Change {
    @Override
    public <T> T dispatch(Handler<T> handler) {
      return handler.onAddLearner(this);
    }
  }

  /** A learner that has caught up votes from now on. */
  record Promote(int id) implements Change {
    @Override
    public <T> T dispatch(Handler<T> handler) {
      return handler.onPromote(this);
    }
  }

  /** A member is one no more. */
  record Remove(int id) implements Change {
    @Override
    public <T> T dispatch(Handler<T> handler) {
      return handler.onRemove(this);
    }
  }

  /**
   * The state machine may hold so much.
   *
   * @param bytesMax at least 1
   */
  record BoundStore(long bytesMax) implements Change {
    @Override
    public <T> T dispatch(Handler<T> handler) {
      return handler.onBoundStore(this);
    }
  }

  /** One method for each kind of change. */
  interface Handler<T> {
    T onAddLearner(AddLearner change);

    T onPromote(Promote change);

    T onRemove(Remove change);

    T onBoundStore(BoundStore change);
  }
}
