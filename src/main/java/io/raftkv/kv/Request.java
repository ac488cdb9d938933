package io.raftkv.kv;

import io.raftkv.base.Bytes;

/** What a client asks for. */
public sealed interface Request {
  /** How much memory this request holds while it waits, in bytes: a bound needs a measure. */
  int weight();

  /** A request that changes the store: it goes through the log. */
  sealed interface Command extends Request {
    /** Calls the method of {@code handler} that is for this kind of command. */
    <R> R dispatch(CommandHandler<R> handler);
  }

  /** A request that only reads. */
  sealed interface Query extends Request {
    Bytes key();

    @Override
    default int weight() {
      return OVERHEAD + key().length();
    }
  }

  /** What a request holds beside its bytes, roughly. */
  int OVERHEAD = 96;

  /**
   * Stores a value.
   *
   * @param exptime seconds from the moment of the update, 0 for never, at most 2^31-1
   */
  record Set(Bytes key, int exptime, Bytes value) implements Command {
    @Override
    public <R> R dispatch(CommandHandler<R> handler) {
      return handler.onSet(this);
    }

    @Override
    public int weight() {
      return OVERHEAD + key.length() + value.length();
    }
  }

  /** Stores a value if the key's version is {@code version}; exptime as in {@link Set}. */
  record Cas(Bytes key, int exptime, long version, Bytes value) implements Command {
    @Override
    public <R> R dispatch(CommandHandler<R> handler) {
      return handler.onCas(this);
    }

    @Override
    public int weight() {
      return OVERHEAD + key.length() + value.length();
    }
  }

  /** Removes a key. */
  record Delete(Bytes key) implements Command {
    @Override
    public <R> R dispatch(CommandHandler<R> handler) {
      return handler.onDelete(this);
    }

    @Override
    public int weight() {
      return OVERHEAD + key.length();
    }
  }

  /** Asks for a value. */
  record Get(Bytes key) implements Query {}

  /** Asks for a value with its version and exptime. */
  record GetMeta(Bytes key) implements Query {}

  /** One method for each kind of command. */
  interface CommandHandler<R> {
    R onSet(Set set);

    R onCas(Cas cas);

    R onDelete(Delete delete);
  }
}
