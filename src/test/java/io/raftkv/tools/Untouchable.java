package io.raftkv.tools;

import io.raftkv.config.ServerConfig;

/** Servers that nobody may kill, pause or start. */
final class Untouchable implements ServerControl {
  @Override
  public String whyNotKill() {
    throw new AssertionError("nobody was to be killed");
  }

  @Override
  public String kill(ServerConfig server) {
    throw new AssertionError("killed " + server);
  }

  @Override
  public String pause(ServerConfig server) {
    throw new AssertionError("paused " + server);
  }

  @Override
  public void resume(ServerConfig server) {
    throw new AssertionError("resumed " + server);
  }

  @Override
  public String start(ServerConfig server) {
    throw new AssertionError("started " + server);
  }

  @Override
  public boolean canStart() {
    throw new AssertionError("nobody was to be started");
  }
}
