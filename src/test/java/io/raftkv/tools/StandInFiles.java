package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * A stand-in for programs that read config.json and run commands: files in a folder say which of
 * its servers are to be killed and started.
 */
final class StandInFiles {
  private static final Duration LIFE_MAX = Duration.ofSeconds(60);

  private final StandIn cluster;
  private final Path folder;
  private final Thread obedient = new Thread(this::obey);

  StandInFiles(StandIn cluster, Path folder) {
    this.cluster = cluster;
    this.folder = folder;
  }

  /** Writes the configuration of the cluster. */
  Path config() throws IOException {
    var servers =
        cluster.config().servers().stream()
            .map(
                server ->
                    "{\"Id\": %d, \"Hostname\": \"%s\", \"ClientPort\": %d, \"LogPort\": %d}"
                        .formatted(
                            server.id(), server.hostname(), server.clientPort(), server.logPort()))
            .collect(Collectors.joining(", ", "{\"path\": \"data\", \"servers\": [", "]}"));
    return Files.writeString(folder.resolve("config.json"), servers);
  }

  String killCommand() {
    return "touch '" + folder + "/kill-{id}'";
  }

  String startCommand() {
    return "touch '" + folder + "/start-{id}'";
  }

  /** From now on does what commands say. */
  void begin() {
    obedient.start();
  }

  /** Does so no longer. */
  void end() throws IOException, InterruptedException {
    Files.createFile(folder.resolve("end"));
    obedient.join();
  }

  private void obey() {
    boolean ended =
        Waiting.until(
            LIFE_MAX,
            () -> {
              for (var server : cluster.config().servers()) {
                obey(server.id());
              }
              return Files.exists(folder.resolve("end"));
            });
    assertTrue(ended);
  }

  private void obey(int id) {
    try {
      if (Files.deleteIfExists(folder.resolve("kill-" + id))) {
        cluster.kill(id);
      }
      if (Files.deleteIfExists(folder.resolve("start-" + id))) {
        cluster.start(id);
      }
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
