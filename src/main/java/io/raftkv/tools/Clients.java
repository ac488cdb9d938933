package io.raftkv.tools;

import io.raftkv.config.ServerConfig;
import java.util.ArrayList;
import java.util.List;

/** Numbers the connections of a run, from 0: after a break it is another client that asks. */
final class Clients {
  private final List<ServerConfig> servers = new ArrayList<>();

  /** The number of a new connection to {@code server}. */
  synchronized int connected(ServerConfig server) {
    servers.add(server);
    return servers.size() - 1;
  }

  /** The server that this client is connected to. */
  synchronized ServerConfig server(int client) {
    return servers.get(client);
  }
}
