package io.raftkv.check;

import io.raftkv.base.Bytes;

/** What a client asked for; as text it reads like the request without its key. */
public sealed interface Action {
  /** Calls the method of {@code handler} that is for this kind of action. */
  <R> R dispatch(Handler<R> handler);

  /** Stores a value; {@code exptime} is in seconds, 0 for never. */
  record Set(int exptime, Bytes value) implements Action {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onSet(this);
    }

    @Override
    public String toString() {
      return "set " + exptime + " '" + value + "'";
    }
  }

  /** Stores a value if the key has {@code version}; {@code exptime} as in {@link Set}. */
  record Cas(int exptime, long version, Bytes value) implements Action {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onCas(this);
    }

    @Override
    public String toString() {
      return "cas " + exptime + " " + version + " '" + value + "'";
    }
  }

  /** Removes the key. */
  record Delete() implements Action {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onDelete(this);
    }

    @Override
    public String toString() {
      return "delete";
    }
  }

  /** Reads the value. */
  record Get() implements Action {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onGet(this);
    }

    @Override
    public String toString() {
      return "get";
    }
  }

  /** Reads the value with its version and exptime. */
  record GetMeta() implements Action {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onGetMeta(this);
    }

    @Override
    public String toString() {
      return "getm";
    }
  }

  /** One method for each kind of action. */
  interface Handler<R> {
    R onSet(Set set);

    R onCas(Cas cas);

    R onDelete(Delete delete);

    R onGet(Get get);

    R onGetMeta(GetMeta getMeta);
  }
}
