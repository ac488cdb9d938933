package io.raftkv.tools;

import java.util.Locale;

/** The commands of the client protocol. */
enum Verb {
  SET,
  CAS,
  GET,
  GETM,
  DELETE;

  /** As a request begins. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it leaves the store as it is. */
  boolean isRead() {
    return this == GET || this == GETM;
  }
}
