package io.raftkv.check;

import io.raftkv.base.Bytes;

/** What a client was told; as text it reads like the reply. */
public sealed interface Outcome {
  /** Calls the method of {@code handler} that is for this kind of outcome. */
  <R> R dispatch(Handler<R> handler);

  /** The update took place and gave the key this version. */
  record Stored(long version) implements Outcome {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onStored(this);
    }

    @Override
    public String toString() {
      return "OK " + version;
    }
  }

  /** The key was there and is removed. */
  record Deleted() implements Outcome {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onDeleted(this);
    }

    @Override
    public String toString() {
      return "DELETED";
    }
  }

  /** The value of the key. */
  record Value(Bytes value) implements Outcome {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onValue(this);
    }

    @Override
    public String toString() {
      return "VALUE '" + value + "'";
    }
  }

  /** The value of the key with its version and the exptime that its update gave, in seconds. */
  record ValueMeta(long version, int exptime, Bytes value) implements Outcome {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onValueMeta(this);
    }

    @Override
    public String toString() {
      return "VALUE " + version + " " + exptime + " '" + value + "'";
    }
  }

  /** There is no such key, or it has expired. */
  record NotFound() implements Outcome {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onNotFound(this);
    }

    @Override
    public String toString() {
      return "ERR_NOT_FOUND";
    }
  }

  /** The key has another version than the one given. */
  record VersionMismatch() implements Outcome {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onVersionMismatch(this);
    }

    @Override
    public String toString() {
      return "ERR_VERSION";
    }
  }

  /** No answer, or one that says nothing: an update may take effect at any later time, or never. */
  record Unknown() implements Outcome {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onUnknown(this);
    }

    @Override
    public String toString() {
      return "unknown";
    }
  }

  /** One method for each kind of outcome. */
  interface Handler<R> {
    R onStored(Stored stored);

    R onDeleted(Deleted deleted);

    R onValue(Value value);

    R onValueMeta(ValueMeta valueMeta);

    R onNotFound(NotFound notFound);

    R onVersionMismatch(VersionMismatch mismatch);

    R onUnknown(Unknown unknown);
  }
}
