package io.raftkv.tools;

import io.raftkv.config.ServerConfig;

/** How servers of a running cluster are killed, paused and started: by signals or by commands. */
interface ServerControl {
  /** Why no server can be killed, empty if they can. */
  String whyNotKill();

  /**
   * Has this server killed at once; it may still be ending when this returns. What is done is told
   * in the returned words.
   *
   * @throws Trial.Skipped if this one cannot be killed alone
   */
  String kill(ServerConfig server);

  /**
   * Stops this server where it stands, until {@link #resume}: it keeps its connections and says
   * nothing. What is done is told in the returned words.
   *
   * @throws Trial.Skipped if this one cannot be stopped alone
   */
  String pause(ServerConfig server);

  /** Lets a server go on that was paused. */
  void resume(ServerConfig server);

  /** Has this server started, or waits for somebody to do it; what is done is told in the words. */
  String start(ServerConfig server);

  /** Whether {@link #start} does anything but wait. */
  boolean canStart();
}
