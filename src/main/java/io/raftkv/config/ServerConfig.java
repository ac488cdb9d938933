package io.raftkv.config;

/**
 * One server of a {@link ClusterConfig}.
 *
 * @param id from 0 to 2^31-1, the server's identity
 * @param hostname where it listens and where others find it
 * @param clientPort 1 to 65535, for clients
 * @param logPort 1 to 65535, for its peers
 */
public record ServerConfig(int id, String hostname, int clientPort, int logPort) {}
