package io.raftkv.kv;

import io.raftkv.base.Bytes;

/** What a client is told: one record for each line of the protocol. */
public sealed interface Reply {
  /** Calls the method of {@code handler} that is for this kind of reply. */
  void dispatch(Handler handler);

  /** The update took place and gave the key this version. */
  record Stored(long version) implements Reply {
    @Override
    public void dispatch(Handler handler) {
      handler.onStored(this);
    }
  }

  /** The key was there and is removed. */
  record Deleted() implements Reply {
    @Override
    public void dispatch(Handler handler) {
      handler.onDeleted(this);
    }
  }

  /** The value of a key. */
  record Value(Bytes value) implements Reply {
    @Override
    public void dispatch(Handler handler) {
      handler.onValue(this);
    }
  }

  /** The value of a key with its version and the exptime that its update gave, in seconds. */
  record ValueMeta(long version, int exptime, Bytes value) implements Reply {
    @Override
    public void dispatch(Handler handler) {
      handler.onValueMeta(this);
    }
  }

  /** There is no such key, or it has expired. */
  record NotFound() implements Reply {
    @Override
    public void dispatch(Handler handler) {
      handler.onNotFound(this);
    }
  }

  /** The key has another version than the one given. */
  record VersionMismatch() implements Reply {
    @Override
    public void dispatch(Handler handler) {
      handler.onVersionMismatch(this);
    }
  }

  /** The request could not be understood, and nothing was done. */
  record Malformed() implements Reply {
    @Override
    public void dispatch(Handler handler) {
      handler.onMalformed(this);
    }
  }

  /** Not served; of a command the outcome is unknown. */
  record Internal() implements Reply {
    @Override
    public void dispatch(Handler handler) {
      handler.onInternal(this);
    }
  }

  Reply DELETED = new Deleted();
  Reply NOT_FOUND = new NotFound();
  Reply VERSION_MISMATCH = new VersionMismatch();
  Reply MALFORMED = new Malformed();
  Reply INTERNAL = new Internal();

  /** One method for each kind of reply. */
  interface Handler {
    void onStored(Stored reply);

    void onDeleted(Deleted reply);

    void onValue(Value reply);

    void onValueMeta(ValueMeta reply);

    void onNotFound(NotFound reply);

    void onVersionMismatch(VersionMismatch reply);

    void onMalformed(Malformed reply);

    void onInternal(Internal reply);
  }
}
