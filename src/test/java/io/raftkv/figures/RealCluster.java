package io.raftkv.figures;

import io.raftkv.base.Bytes;
import io.raftkv.config.ServerConfig;
import io.raftkv.tools.KvClient;
import io.raftkv.tools.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Servers as processes of their own, started through {@code run.sh} in a folder of their own, so
 * that they can be killed one by one or all at once.
 */
final class RealCluster implements AutoCloseable {
  private static final Pattern LEADER = Pattern.compile("server (\\d+) leads in term (\\d+)");
  private static final Duration DEATH_MAX = Duration.ofSeconds(10);
  private static final Duration SERVE_MAX = Duration.ofSeconds(60);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(20);

  private final Path runScript;
  private final Path folder;
  private final List<ServerConfig> servers = new ArrayList<>();
  private final Map<Integer, Process> processes = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> saidBefore = new HashMap<>();
  private final List<Process> launchers = new ArrayList<>();

  /** A server that led, and the term in which it did. */
  record Leadership(int server, long term) {}

  /** Servers 0 up to {@code count}, with client ports from {@code port} and peer ports behind. */
  RealCluster(Path runScript, Path folder, int count, int port) throws IOException {
    this.runScript = runScript.toAbsolutePath();
    this.folder = Files.createDirectories(folder).toAbsolutePath();
    for (int id = 0; id < count; id++) {
      servers.add(new ServerConfig(id, "localhost", port + id, port + 1000 + id));
    }
    if (Files.exists(configFile())) {
      throw new IllegalArgumentException(folder + " was used before; give another --folder");
    }
    Files.writeString(configFile(), json());
  }

  /** Names one more server in the file, for those that are started from now on; returns its id. */
  int addServer() throws IOException {
    var last = servers.get(servers.size() - 1);
    int id = last.id() + 1;
    servers.add(new ServerConfig(id, last.hostname(), last.clientPort() + 1, last.logPort() + 1));
    Files.writeString(configFile(), json());
    return id;
  }

  private String json() {
    return servers.stream()
        .map(
            server ->
                "{\"Id\": %d, \"Hostname\": \"%s\", \"ClientPort\": %d, \"LogPort\": %d}"
                    .formatted(
                        server.id(), server.hostname(), server.clientPort(), server.logPort()))
        .collect(
            Collectors.joining(
                ",\n ",
                "{\"path\": \"" + folder.resolve("data") + "\", \"servers\": [\n ",
                "]}\n"));
  }

  Path configFile() {
    return folder.resolve("config.json");
  }

  /** Where this server keeps its data. */
  Path data(int id) {
    return folder.resolve("data").resolve(Integer.toString(id));
  }

  List<ServerConfig> servers() {
    return List.copyOf(servers);
  }

  void startAll() throws IOException {
    for (var server : servers) {
      start(server.id());
    }
  }

  /** Starts one server process; it serves when {@link #awaitServing} has returned. */
  void start(int id) throws IOException {
    saidBefore.put(id, log(id).length());
    processes.put(id, run("server-" + id, "server", "--id", Integer.toString(id)));
  }

  /** Whether this server has said this since it was last started. */
  boolean hasSaid(int id, String words) {
    return log(id).indexOf(words, saidBefore.getOrDefault(id, 0)) >= 0;
  }

  /** Whether it was started and not killed since. */
  boolean isStarted(int id) {
    return processes.containsKey(id);
  }

  /** The servers that were started and have ended without being killed. */
  List<Integer> endedAlone() {
    return processes.keySet().stream().filter(id -> !processes.get(id).isAlive()).toList();
  }

  /** Starts the launcher with these words, and its output into the folder. */
  Process launch(String... words) throws IOException {
    var launcher = run("launcher", words);
    launchers.add(launcher);
    return launcher;
  }

  private Process run(String log, String... words) throws IOException {
    var command = new ArrayList<>(List.of(runScript.toString()));
    command.addAll(List.of(words));
    command.addAll(List.of("--config", configFile().toString()));
    var output = ProcessBuilder.Redirect.appendTo(folder.resolve(log + ".log").toFile());
    return new ProcessBuilder(command)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true)
        .redirectOutput(output)
        .directory(folder.toFile())
        .start();
  }

  /** Waits until this server answers a request, which needs a majority. */
  void awaitServing(int id) {
    if (!Waiting.until(SERVE_MAX, () -> serves(server(id)))) {
      throw new IllegalStateException("server " + id + " does not serve; see " + folder);
    }
  }

  static boolean serves(ServerConfig server) {
    try (var client = KvClient.connect(server.hostname(), server.clientPort(), ANSWER_MAX)) {
      return client.set("figures-probe", 0, Bytes.EMPTY).isOk();
    } catch (IOException notYet) {
      return false;
    }
  }

  ServerConfig server(int id) {
    return servers.get(id);
  }

  /** kill -9; returns when the process is gone. */
  void kill(int... ids) {
    for (int id : ids) {
      processes.get(id).destroyForcibly();
    }
    for (int id : ids) {
      awaitDeath(processes.remove(id));
    }
  }

  private static void awaitDeath(Process process) {
    if (!Waiting.until(DEATH_MAX, () -> !process.isAlive())) {
      throw new IllegalStateException("process " + process.pid() + " survives kill -9");
    }
  }

  /** kill -9 of all at the same moment. */
  void killAll() {
    kill(processes.keySet().stream().mapToInt(Integer::intValue).toArray());
  }

  long processId(int id) {
    return processes.get(id).pid();
  }

  /** All that the servers' messages tell of leaders since they were first started. */
  Set<Leadership> leaderships() {
    var found = new HashSet<Leadership>();
    for (var server : servers) {
      var matcher = LEADER.matcher(log(server.id()));
      while (matcher.find()) {
        found.add(
            new Leadership(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2))));
      }
    }
    return found;
  }

  /** Who leads in the newest term that any server told of, if that server runs. */
  Optional<Integer> leader() {
    return leaderships().stream()
        .max(Comparator.comparingLong(Leadership::term))
        .map(Leadership::server)
        .filter(processes::containsKey);
  }

  private String log(int id) {
    try {
      return Files.readString(folder.resolve("server-" + id + ".log"));
    } catch (IOException absent) {
      return "";
    }
  }

  @Override
  public void close() {
    killAll();
    for (var launcher : launchers) {
      launcher.destroyForcibly();
      awaitDeath(launcher);
    }
  }
}
