package io.raftkv.tools;

import io.raftkv.config.ClusterConfig;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Something that looks like a cluster from outside: it listens on a port for each server, speaks
 * the client protocol, and answers while a majority of its servers has not been killed. Inside it
 * is one store. For tests of clients and testers, which it can also deceive in one chosen way.
 */
public final class StandIn implements AutoCloseable {
  /**
   * Below the ports that the system gives to outgoing connections: one of those could take the port
   * of a server that is dead, or even connect to itself.
   */
  private static final int PORT_MIN = 20_000;

  private static final int PORT_LIMIT = 32_000;
  private static final int ANY_PORT = 0;
  private static final int ATTEMPTS_MAX = 100;
  private static final int JOIN_MILLIS_MAX = 5_000;
  private static final Random RANDOM = new Random();

  private final StandInFault fault;
  private final StandInStore store;
  private final ClusterConfig config;
  private final Map<Integer, Server> running = new HashMap<>();

  /** Starts all {@code servers}, numbered from 0, on free ports of the loopback address. */
  public StandIn(int servers, StandInFault fault, Options options) throws IOException {
    this(Collections.nCopies(servers, ANY_PORT), fault, options);
  }

  private StandIn(List<Integer> ports, StandInFault fault, Options options) throws IOException {
    this.fault = fault;
    this.store = new StandInStore(ports.size(), fault, options.requestTimeoutMillis());
    var configs = new ArrayList<ServerConfig>();
    for (int id = 0; id < ports.size(); id++) {
      var server = ports.get(id) == ANY_PORT ? newServer(id) : new Server(id, ports.get(id));
      int port = server.listener.getLocalPort();
      configs.add(new ServerConfig(id, "127.0.0.1", port, port + 10_000));
    }
    this.config = new ClusterConfig(Path.of("unused"), configs, options);
  }

  /** Runs a cluster of one server on the port that the first word names, until it is killed. */
  public static void main(String[] args) throws IOException, InterruptedException {
    try (var cluster =
        new StandIn(List.of(Integer.parseInt(args[0])), StandInFault.NONE, Options.DEFAULTS)) {
      cluster.running.get(0).acceptor.join();
    }
  }

  private Server newServer(int id) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return new Server(id, RANDOM.nextInt(PORT_MIN, PORT_LIMIT));
      } catch (BindException taken) {
        if (attempt == ATTEMPTS_MAX) {
          throw taken;
        }
      }
    }
  }

  public ClusterConfig config() {
    return config;
  }

  /** Ends a server: its port and its connections close, and nothing more comes from it. */
  public void kill(int id) throws IOException {
    var server = running.remove(id);
    if (server == null) {
      throw new IllegalStateException("server " + id + " is dead already");
    }
    store.killed(id);
    server.close();
  }

  /** Starts a server that was killed, on its old port. */
  public void start(int id) throws IOException {
    running.put(id, new Server(id, config.server(id).clientPort()));
  }

  /** Makes a server keep silent, with its connections open, until {@link #resume}. */
  public void pause(int id) {
    store.paused(id);
  }

  /** Lets a server go on that was paused. */
  public void resume(int id) {
    store.resumed(id);
  }

  @Override
  public void close() throws IOException {
    for (var id : List.copyOf(running.keySet())) {
      kill(id);
    }
  }

  private final class Server {
    private final int id;
    private final ServerSocket listener = new ServerSocket();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Thread acceptor;

    Server(int id, int port) throws IOException {
      this.id = id;
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
      running.put(id, this);
      store.started(id);
      acceptor = inBackground(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          var socket = listener.accept();
          socket.setTcpNoDelay(true);
          sockets.add(socket);
          inBackground(new StandInConnection(socket, id, store, fault));
          if (listener.isClosed()) {
            socket.close();
          }
        }
      } catch (IOException closed) {
        // The server was killed.
      }
    }

    private void close() {
      try {
        listener.close();
        // The port is free only when nobody waits in accept any more.
        acceptor.join(JOIN_MILLIS_MAX);
        for (var socket : sockets) {
          socket.close();
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private static Thread inBackground(Runnable work) {
      var thread = new Thread(work, "stand-in");
      thread.setDaemon(true);
      thread.start();
      return thread;
    }
  }
}
