package io.raftkv.check;

import io.raftkv.base.Bytes;

/** Operations on key {@code k} in few words; times are in milliseconds. */
final class Told {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private Told() {}

  static Operation set(String value, long version, long from, long to) {
    return setFor(0, value, version, from, to);
  }

  static Operation setFor(int exptime, String value, long version, long from, long to) {
    return told(set(exptime, value), new Outcome.Stored(version), from, to);
  }

  static Operation maybeSet(String value, long from) {
    return maybeSetFor(0, value, from);
  }

  static Operation maybeSetFor(int exptime, String value, long from) {
    return untold(set(exptime, value), from);
  }

  private static Action set(int exptime, String value) {
    return new Action.Set(exptime, Bytes.utf8(value));
  }

  static Operation cas(long expected, String value, long version, long from, long to) {
    return told(cas(expected, value), new Outcome.Stored(version), from, to);
  }

  static Operation casRefused(long expected, long from, long to) {
    return told(cas(expected, "refused"), new Outcome.VersionMismatch(), from, to);
  }

  static Operation casMissed(long expected, long from, long to) {
    return told(cas(expected, "missed"), new Outcome.NotFound(), from, to);
  }

  static Operation maybeCas(long expected, String value, long from) {
    return untold(cas(expected, value), from);
  }

  private static Action cas(long expected, String value) {
    return new Action.Cas(0, expected, Bytes.utf8(value));
  }

  static Operation deleted(long from, long to) {
    return told(new Action.Delete(), new Outcome.Deleted(), from, to);
  }

  static Operation deleteMissed(long from, long to) {
    return told(new Action.Delete(), new Outcome.NotFound(), from, to);
  }

  static Operation maybeDelete(long from) {
    return untold(new Action.Delete(), from);
  }

  static Operation get(String value, long from, long to) {
    return told(new Action.Get(), new Outcome.Value(Bytes.utf8(value)), from, to);
  }

  static Operation getm(long version, String value, long from, long to) {
    return getmFor(0, version, value, from, to);
  }

  static Operation getmFor(int exptime, long version, String value, long from, long to) {
    var outcome = new Outcome.ValueMeta(version, exptime, Bytes.utf8(value));
    return told(new Action.GetMeta(), outcome, from, to);
  }

  static Operation missed(long from, long to) {
    return told(new Action.Get(), new Outcome.NotFound(), from, to);
  }

  static Operation told(Action action, Outcome outcome, long from, long to) {
    return new Operation(
        1, Bytes.utf8("k"), action, outcome, from * NANOS_PER_MILLI, to * NANOS_PER_MILLI);
  }

  static Operation untold(Action action, long from) {
    return new Operation(
        1, Bytes.utf8("k"), action, new Outcome.Unknown(), from * NANOS_PER_MILLI, Operation.NEVER);
  }

  /** The same on another key. */
  static Operation on(String key, Operation o) {
    return new Operation(
        o.client(), Bytes.utf8(key), o.action(), o.outcome(), o.invoked(), o.returned());
  }
}
