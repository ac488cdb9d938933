package io.raftkv.launcher;

import io.raftkv.config.ClusterConfig;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/** A config.json of servers on free ports, and their data, in one folder. */
record TestConfig(Path file, ClusterConfig cluster) {
  static TestConfig of(Path folder, int servers) throws IOException {
    var ports = FreePorts.take(2 * servers);
    var list = new ArrayList<ServerConfig>();
    for (int id = 0; id < servers; id++) {
      list.add(new ServerConfig(id, "localhost", ports.get(2 * id), ports.get(2 * id + 1)));
    }
    return of(folder, new ClusterConfig(folder.resolve("data"), list, Options.DEFAULTS));
  }

  static TestConfig of(Path folder, ClusterConfig cluster) throws IOException {
    int anyId = cluster.servers().get(0).id();
    var json = ConfigLoader.toJson(new ServerSettings(cluster, anyId, false));
    return new TestConfig(Files.writeString(folder.resolve("config.json"), json), cluster);
  }

  int clientPort(int id) {
    return cluster.server(id).clientPort();
  }
}
