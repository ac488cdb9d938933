package io.raftkv.launcher;

/** A server that its launcher has started, wherever it runs. None of this waits. */
interface ServerHandle {
  /** Asks it to stop gracefully; its {@link HandleListener#ended} follows. */
  void stop();

  /** Ends it at once, if that can be done. */
  void kill();
}
