package io.raftkv.tools;

import io.raftkv.base.Bytes;
import io.raftkv.check.Action;

/**
 * One request of a client to be.
 *
 * @param index which key of its round
 */
record Asked(Verb verb, int index, Bytes key, Action action) {
  /** As it goes over the wire. */
  Bytes request() {
    return Requests.of(key, action);
  }
}
