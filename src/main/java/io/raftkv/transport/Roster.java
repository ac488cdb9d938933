package io.raftkv.transport;

import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import java.util.List;

/**
 * What a server's file says of its cluster. The ids must agree only while no cluster is formed:
 * afterwards the cluster itself says who its members are, and the file may be an old one.
 *
 * @param ids of all servers in the file, this one among them
 * @param logPort where this server listens to peers, so that one whose file does not name it finds
 *     it
 */
record Roster(List<Integer> ids, int logPort) {
  Roster {
    ids = List.copyOf(ids);
  }

  static Roster of(ServerSettings settings) {
    var ids = settings.cluster().servers().stream().map(ServerConfig::id).toList();
    return new Roster(ids, settings.self().logPort());
  }
}
