package io.raftkv.transport;

import io.raftkv.config.ServerConfig;

/**
 * Where a peer is found.
 *
 * @param id who it should be
 */
record PeerAddress(int id, String hostname, int logPort) {
  static PeerAddress of(ServerConfig server) {
    return new PeerAddress(server.id(), server.hostname(), server.logPort());
  }
}
