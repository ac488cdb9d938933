package io.raftkv.tools;

import io.raftkv.config.ServerConfig;

/** Servers that can be killed but not paused, as those of another machine are. */
record WithoutPauses(ServerControl control) implements ServerControl {
  @Override
  public String whyNotKill() {
    return control.whyNotKill();
  }

  @Override
  public String kill(ServerConfig server) {
    return control.kill(server);
  }

  @Override
  public String pause(ServerConfig server) {
    throw new Trial.Skipped("for this test");
  }

  @Override
  public void resume(ServerConfig server) {
    throw new AssertionError("resumed " + server);
  }

  @Override
  public String start(ServerConfig server) {
    return control.start(server);
  }

  @Override
  public boolean canStart() {
    return control.canStart();
  }
}
