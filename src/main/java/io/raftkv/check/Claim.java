package io.raftkv.check;

import io.raftkv.base.Bytes;

/** What an operation says of its key, if its answer is true: action and outcome in one. */
sealed interface Claim {
  /** Calls the method of {@code handler} that is for this kind of claim. */
  <R> R dispatch(Handler<R> handler);

  /** What this operation says. */
  static Claim of(Operation operation) {
    return operation.action().dispatch(new ClaimReader(operation.outcome()));
  }

  /** It stored this, whatever was there before. */
  record Wrote(long version, Content content) implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onWrote(this);
    }
  }

  /** It stored this in place of the {@code expected} version. */
  record Swapped(long expected, long version, Content content) implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onSwapped(this);
    }
  }

  /** The key was there, and it removed it. */
  record Removed() implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onRemoved(this);
    }
  }

  /** The key had this value. */
  record Saw(Bytes value) implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onSaw(this);
    }
  }

  /** The key had this version and content. */
  record SawMeta(long version, Content content) implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onSawMeta(this);
    }
  }

  /** The key was not there. */
  record Missed() implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onMissed(this);
    }
  }

  /** The key was there with another version than {@code expected}. */
  record Mismatched(long expected) implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onMismatched(this);
    }
  }

  /** It may have stored this, or may yet do so. */
  record MayWrite(Content content) implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onMayWrite(this);
    }
  }

  /** It may have stored this in place of the {@code expected} version, or may yet do so. */
  record MaySwap(long expected, Content content) implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onMaySwap(this);
    }
  }

  /** It may have removed the key, or may yet do so. */
  record MayRemove() implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onMayRemove(this);
    }
  }

  /** A read without an answer says nothing. */
  record Nothing() implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onNothing(this);
    }
  }

  /** An answer that this kind of request never gets. */
  record Absurd() implements Claim {
    @Override
    public <R> R dispatch(Handler<R> handler) {
      return handler.onAbsurd(this);
    }
  }

  /**
   * What an update gives a key beside its version.
   *
   * @param exptime in seconds from the update, 0 for never
   */
  record Content(int exptime, Bytes value) {}

  /** One method for each kind of claim. */
  interface Handler<R> {
    R onWrote(Wrote wrote);

    R onSwapped(Swapped swapped);

    R onRemoved(Removed removed);

    R onSaw(Saw saw);

    R onSawMeta(SawMeta saw);

    R onMissed(Missed missed);

    R onMismatched(Mismatched mismatched);

    R onMayWrite(MayWrite write);

    R onMaySwap(MaySwap swap);

    R onMayRemove(MayRemove remove);

    R onNothing(Nothing nothing);

    R onAbsurd(Absurd absurd);
  }

  /** A handler that answers {@code otherwise} wherever it is not told better. */
  abstract class Partial<R> implements Handler<R> {
    private final R otherwise;

    Partial(R otherwise) {
      this.otherwise = otherwise;
    }

    @Override
    public R onWrote(Wrote wrote) {
      return otherwise;
    }

    @Override
    public R onSwapped(Swapped swapped) {
      return otherwise;
    }

    @Override
    public R onRemoved(Removed removed) {
      return otherwise;
    }

    @Override
    public R onSaw(Saw saw) {
      return otherwise;
    }

    @Override
    public R onSawMeta(SawMeta saw) {
      return otherwise;
    }

    @Override
    public R onMissed(Missed missed) {
      return otherwise;
    }

    @Override
    public R onMismatched(Mismatched mismatched) {
      return otherwise;
    }

    @Override
    public R onMayWrite(MayWrite write) {
      return otherwise;
    }

    @Override
    public R onMaySwap(MaySwap swap) {
      return otherwise;
    }

    @Override
    public R onMayRemove(MayRemove remove) {
      return otherwise;
    }

    @Override
    public R onNothing(Nothing nothing) {
      return otherwise;
    }

    @Override
    public R onAbsurd(Absurd absurd) {
      return otherwise;
    }
  }
}
