package io.raftkv.testing;

import io.raftkv.base.Failure;
import io.raftkv.config.ConfigLoader;
import io.raftkv.replica.ReplicaStatus;
import io.raftkv.server.KvServer;
import io.raftkv.server.ServerListener;
import io.raftkv.storage.StorageOptions;
import io.raftkv.tools.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Real servers of this JVM, each started with a config.json of its own. */
public final class FileCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path folder;
  private final List<Integer> ports;
  private final Map<Integer, KvServer> running = new TreeMap<>();
  private final Map<Integer, List<String>> waiting = new TreeMap<>();

  /**
   * @param servers how many there may be
   */
  public FileCluster(Path folder, int servers) throws IOException {
    this.folder = folder;
    ports = FreePorts.take(2 * servers);
  }

  /** A file that names the first servers, whose data lie in the folder {@code data} beside it. */
  public Path file(int servers, String data) throws IOException {
    var lines =
        IntStream.range(0, servers)
            .mapToObj(
                id ->
                    """
                    {"Id": %d, "Hostname": "127.0.0.1", "ClientPort": %d, "LogPort": %d}"""
                        .formatted(id, ports.get(2 * id), ports.get(2 * id + 1)))
            .collect(Collectors.joining(", "));
    var json =
        """
        {"path": "%s", "electionTimeoutMillis": 400, "servers": [%s]}"""
            .formatted(folder.resolve(data), lines);
    return Files.writeString(folder.resolve(data + servers + ".json"), json);
  }

  /** Starts a server. */
  public void start(int id, Path file) {
    waiting.put(id, new ArrayList<>());
    var settings = ConfigLoader.loadServer(file, OptionalInt.of(id), false);
    var options = StorageOptions.DEFAULTS.withSegmentBytes(1 << 18);
    running.put(id, await(KvServer.start(settings, options, new Listener(waiting.get(id)))));
  }

  /** Starts the first servers, and waits until they serve. */
  public void startAll(int servers, Path file) {
    IntStream.range(0, servers).forEach(id -> start(id, file));
    IntStream.range(0, servers).forEach(this::awaitServing);
  }

  private static <T> T await(io.vertx.core.Future<T> future) {
    try {
      return future.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("a server neither starts nor stops", e);
    }
  }

  /** Stops a server. */
  public void stop(int id) {
    await(Optional.ofNullable(running.remove(id)).orElseThrow().stop());
  }

  /** Waits until a server has caught up. */
  public void awaitServing(int id) {
    var server = Optional.ofNullable(running.get(id)).orElseThrow();
    if (!Waiting.until(PATIENCE, () -> isServing(server))) {
      throw new AssertionError("server " + id + " does not serve: " + await(server.status()));
    }
  }

  private static boolean isServing(KvServer server) {
    return await(server.status()).map(ReplicaStatus::serving).orElse(false);
  }

  /** Waits until a server has said that it waits for something, or why it failed. */
  public void awaitSaid(int id, String text) {
    if (!Waiting.until(PATIENCE, () -> hasSaid(id, text))) {
      throw new AssertionError("server " + id + " does not say: " + text + ", but " + waiting);
    }
  }

  private boolean hasSaid(int id, String text) {
    var said = Optional.ofNullable(waiting.get(id)).orElseThrow();
    synchronized (said) {
      return said.stream().anyMatch(reason -> reason.contains(text));
    }
  }

  /** Asks one server one thing. */
  public String ask(int id, String request) throws IOException {
    try (var client = new TestClient(ports.get(2 * id))) {
      return client.send(request).reply();
    }
  }

  @Override
  public void close() {
    List.copyOf(running.keySet()).forEach(this::stop);
  }

  private record Listener(List<String> waiting) implements ServerListener {
    @Override
    public void serving() {}

    @Override
    public void leaderChanged(int leader, long term) {}

    @Override
    public void waiting(String reason) {
      synchronized (waiting) {
        waiting.add(reason);
      }
    }

    @Override
    public void failed(Failure failure) {
      waiting(String.valueOf(failure.getMessage()));
    }
  }
}
