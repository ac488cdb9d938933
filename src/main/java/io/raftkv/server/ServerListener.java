package io.raftkv.server;

import io.raftkv.base.Failure;

/** What the owner of a server is told about it; called on the server's event loop. */
public interface ServerListener {
  /** The server now answers requests on its client port. */
  void serving();

  /** Another server leads, or nobody does ({@code leader} is -1). */
  void leaderChanged(int leader, long term);

  /** The server waits for something that an operator should know of; one line that says what. */
  void waiting(String reason);

  /**
   * The server cannot go on, and now closes what it has open, which takes a moment. A process that
   * is nothing but this server may as well end. If it has not started yet, its start fails then.
   */
  default void failing(Failure failure) {}

  /**
   * The server, which had started, has stopped for good, for this reason; it has closed everything
   * it had open.
   */
  void failed(Failure failure);
}
