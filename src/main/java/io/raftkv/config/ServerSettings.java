package io.raftkv.config;

/**
 * What one server, or one verticle of it, needs to know.
 *
 * @param id which server of {@code cluster} this is
 * @param form whether the operator said that a majority of empty servers may form the cluster
 */
public record ServerSettings(ClusterConfig cluster, int id, boolean form) {
  public ServerSettings {
    cluster.server(id);
  }

  /** This server's line of the configuration. */
  public ServerConfig self() {
    return cluster.server(id);
  }

  public Options options() {
    return cluster.options();
  }

  /** What tells this server from all others in one process. */
  public String busName() {
    return cluster.dataDirectory(id).toAbsolutePath().normalize().toString();
  }
}
