package io.raftkv.testing;

import io.raftkv.base.Failure;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.raft.Role;
import io.raftkv.replica.ReplicaStatus;
import io.raftkv.server.KvServer;
import io.raftkv.server.ServerListener;
import io.raftkv.storage.ScrubPace;
import io.raftkv.storage.StorageOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * A cluster of real servers, each in a Vert.x instance of its own, that a test starts, undeploys
 * and starts again. All methods block; each waits for what it promises, and fails after half a
 * minute.
 */
public final class TestCluster implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Map<Integer, KvServer> running = new ConcurrentSkipListMap<>();
  private final Map<Integer, Failure> failures = new ConcurrentHashMap<>();
  private final Path path;
  private final Map<Integer, SlowDisk> disks = new ConcurrentHashMap<>();
  private final PeerNetwork network;
  private final Object changed = new Object();
  private final ClusterConfig config;
  private ScrubPace scrubPace = ScrubPace.DEFAULT;

  /** A cluster of {@code size} servers with ids from 0 whose data lie under {@code path}. */
  public TestCluster(Path path, int size) throws IOException {
    this(path, size, new Options(10_000, 1 << 20, 400));
  }

  /** As {@link #TestCluster(Path, int)}, with options of its own. */
  public TestCluster(Path path, int size, Options options) throws IOException {
    this.path = path;
    var ports = FreePorts.take(2 * size + size * (size - 1));
    var servers = new ArrayList<ServerConfig>();
    for (int id = 0; id < size; id++) {
      servers.add(new ServerConfig(id, "127.0.0.1", ports.get(2 * id), ports.get(2 * id + 1)));
    }
    config = new ClusterConfig(path, servers, options);
    network = new PeerNetwork(config, ports.subList(2 * size, ports.size()));
  }

  /** Servers that are started from now on read their files at rest again at this pace. */
  public TestCluster scrubbing(ScrubPace pace) {
    scrubPace = pace;
    return this;
  }

  /** How the servers are configured. */
  public ClusterConfig config() {
    return config;
  }

  /** The client port of a server. */
  public int clientPort(int id) {
    return config.server(id).clientPort();
  }

  /** Starts all servers that do not run, and waits until they serve. */
  public TestCluster startAll() {
    config.servers().forEach(server -> begin(server.id(), false));
    config.servers().forEach(server -> awaitServing(server.id()));
    return this;
  }

  /** Starts one server and waits until it serves. */
  public void start(int id) {
    begin(id, false);
    awaitServing(id);
  }

  /** Starts one server without waiting until it serves. */
  public void begin(int id, boolean form) {
    if (!running.containsKey(id)) {
      var settings = new ServerSettings(network.configOf(id), id, form);
      running.put(id, await(KvServer.start(settings, storageOptions(id), listener(id))));
    }
  }

  private StorageOptions storageOptions(int id) {
    return StorageOptions.DEFAULTS
        .withSegmentBytes(1 << 18)
        .withDisk(disk(id))
        .withScrubPace(scrubPace);
  }

  private static <T> T await(io.vertx.core.Future<T> future) {
    try {
      return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("a server neither starts nor stops", e);
    }
  }

  private ServerListener listener(int id) {
    return new ServerListener() {
      @Override
      public void serving() {
        wake();
      }

      @Override
      public void leaderChanged(int leader, long term) {
        wake();
      }

      @Override
      public void waiting(String reason) {}

      @Override
      public void failed(Failure failure) {
        failures.put(id, failure);
        wake();
      }
    };
  }

  private void wake() {
    synchronized (changed) {
      changed.notifyAll();
    }
  }

  /** Waits until a server has caught up. */
  public void awaitServing(int id) {
    awaitThat("server " + id + " serves", () -> status(id).map(s -> s.serving()).orElse(false));
  }

  /** Waits until something holds, which is looked at whenever the cluster changes. */
  public void awaitThat(String what, BooleanSupplier holds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("in vain: " + what + "; failures: " + failures);
      }
      awaitChange();
    }
  }

  /** For a while at most: one may have come just before. */
  private void awaitChange() {
    synchronized (changed) {
      try {
        changed.wait(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** What a server says of itself; empty if it does not run. */
  public Optional<ReplicaStatus> status(int id) {
    return Optional.ofNullable(running.get(id)).flatMap(server -> await(server.status()));
  }

  /** The disk of a server, which can be made slow. */
  public SlowDisk disk(int id) {
    return disks.computeIfAbsent(id, made -> new SlowDisk());
  }

  /** Cuts all connections between these servers and the others, until {@link #heal}. */
  public void partition(Set<Integer> island) {
    network.partition(island);
  }

  /** Lets everybody reach everybody again. */
  public void heal() {
    network.heal();
  }

  /** Stops a server, gracefully. */
  public void stop(int id) {
    var server = running.remove(id);
    if (server != null) {
      await(server.stop());
    }
  }

  /** Stops all servers at the same time. */
  public void stopAll() {
    var stopping = running.values().stream().map(KvServer::stop).toList();
    running.clear();
    stopping.forEach(TestCluster::await);
  }

  /** The server that leads now, if one does. */
  public OptionalInt leader() {
    return running.keySet().stream()
        .filter(id -> status(id).map(s -> s.raft().role() == Role.Kind.LEADER).orElse(false))
        .mapToInt(id -> id)
        .max();
  }

  /** Waits for a leader. */
  public int awaitLeader() {
    awaitThat("there is a leader", () -> leader().isPresent());
    return leader().orElseThrow();
  }

  /** The ids of the servers that run. */
  public List<Integer> runningIds() {
    return List.copyOf(running.keySet());
  }

  /** The failure that a server reported when it stopped by itself. */
  public Optional<Failure> failure(int id) {
    return Optional.ofNullable(failures.get(id));
  }

  /** A client of a server. */
  public TestClient client(int id) throws IOException {
    return new TestClient(clientPort(id));
  }

  /** The folder of a server's data. */
  public Path dataDirectory(int id) {
    return path.resolve(Integer.toString(id));
  }

  @Override
  public void close() {
    stopAll();
    network.close();
  }
}
