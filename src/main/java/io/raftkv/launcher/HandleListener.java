package io.raftkv.launcher;

import io.raftkv.server.ServerListener;

/** What a launcher hears of one server; called on the launcher's event loop. */
interface HandleListener extends ServerListener {
  /** A line for people. */
  void said(String line);

  /** It is gone; nothing more is heard of it. */
  void ended(int status);
}
