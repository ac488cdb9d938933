package io.raftkv.tools;

import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Kills, pauses and starts servers of a stand-in.
 *
 * @param canStart whether start does anything
 */
record StandInControl(StandIn cluster, boolean canStart) implements ServerControl {
  @Override
  public String whyNotKill() {
    return "";
  }

  @Override
  public String kill(ServerConfig server) {
    try {
      cluster.kill(server.id());
      return "in the stand-in";
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public String start(ServerConfig server) {
    try {
      if (canStart) {
        cluster.start(server.id());
      }
      return "in the stand-in";
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public String pause(ServerConfig server) {
    cluster.pause(server.id());
    return "in the stand-in";
  }

  @Override
  public void resume(ServerConfig server) {
    cluster.resume(server.id());
  }
}
