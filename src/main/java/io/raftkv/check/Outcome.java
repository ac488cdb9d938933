package io.raftkv.check;

import io.raftkv.base.Bytes;

/** What a client was told. */
public sealed interface Outcome {
  /** The update took place and gave the key this version. */
  record Stored(long version) implements Outcome {}

  /** The key was there and is removed. */
  record Deleted() implements Outcome {}

  /** The value of the key. */
  record Value(Bytes value) implements Outcome {}

  /** The value of the key with its version and the exptime that its update gave, in seconds. */
  record ValueMeta(long version, int exptime, Bytes value) implements Outcome {}

  /** There is no such key, or it has expired. */
  record NotFound() implements Outcome {}

  /** The key has another version than the one given. */
  record VersionMismatch() implements Outcome {}

  /** No answer, or one that says nothing: an update may take effect at any later time, or never. */
  record Unknown() implements Outcome {}
}
