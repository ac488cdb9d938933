package io.raftkv.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A whole config.json.
 *
 * @param path the folder under which each server keeps a folder of its own
 * @param servers at least one; ids and addresses are unique
 */
public record ClusterConfig(Path path, List<ServerConfig> servers, Options options) {
  public ClusterConfig {
    servers = List.copyOf(servers);
  }

  /** The server with this id; throws {@link IllegalArgumentException} if there is none. */
  public ServerConfig server(int id) {
    for (var server : servers) {
      if (server.id() == id) {
        return server;
      }
    }
    throw new IllegalArgumentException(
        "no server has the Id "
            + id
            + "; there are "
            + servers.stream().map(ServerConfig::id).toList());
  }

  /** The folder of one server's data. */
  public Path dataDirectory(int id) {
    return path.resolve(Integer.toString(id));
  }
}
