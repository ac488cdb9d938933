package io.raftkv.launcher;

import io.raftkv.config.ClusterConfig;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.server.FreshStart;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One small cluster, one write and one read, in a temporary folder: run.sh lets the JVM watch this
 * once, so that it can keep the classes in an archive from which later starts are faster.
 */
public final class Rehearsal {
  private static final int SERVERS = 2;
  private static final int SECONDS_MAX = 30;
  private static final int REPLY_MILLIS_MAX = 20_000;
  private static final String REQUESTS = "set a 0 1\r\nb\r\nget a\r\ngetm a\r\ndelete a\r\n";
  private static final String LAST_REPLY = "DELETED\r\n";

  private Rehearsal() {}

  /**
   * Plays it; ends normally, since only then the archive is written.
   *
   * @param args none
   */
  public static void main(String[] args) throws Exception {
    var folder = Files.createTempDirectory("raftkv");
    var cluster = new ClusterConfig(folder, servers(), Options.DEFAULTS);
    var file = Files.writeString(folder.resolve("config.json"), json(cluster));
    try {
      play(file, cluster.servers().get(0).clientPort());
    } finally {
      cluster.servers().forEach(server -> delete(cluster, server.id()));
      Files.delete(file);
      Files.delete(folder);
    }
  }

  private static void delete(ClusterConfig cluster, int id) {
    FreshStart.deleteOldData(new ServerSettings(cluster, id, false), line -> {});
  }

  private static String json(ClusterConfig cluster) {
    return ConfigLoader.toJson(new ServerSettings(cluster, 0, false));
  }

  private static List<ServerConfig> servers() throws IOException {
    var sockets = new ArrayList<ServerSocket>();
    for (int i = 0; i < 2 * SERVERS; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    var servers = new ArrayList<ServerConfig>();
    for (int id = 0; id < SERVERS; id++) {
      int clientPort = sockets.get(2 * id).getLocalPort();
      int logPort = sockets.get(2 * id + 1).getLocalPort();
      servers.add(new ServerConfig(id, "localhost", clientPort, logPort));
    }
    for (var socket : sockets) {
      socket.close();
    }
    return servers;
  }

  private static void play(Path file, int clientPort) throws Exception {
    var options = new LauncherOptions(Optional.of(file), true, false, false);
    var audience = new Audience();
    ServerCommand.of(0);
    var vertx = Vertx.vertx();
    try {
      var launcher = new LauncherVerticle(options, audience, status -> {});
      vertx.deployVerticle(launcher).await(SECONDS_MAX, TimeUnit.SECONDS);
      if (audience.ready.await(SECONDS_MAX, TimeUnit.SECONDS)) {
        ask(clientPort);
      }
    } finally {
      vertx.close().await(SECONDS_MAX, TimeUnit.SECONDS);
    }
  }

  private static void ask(int clientPort) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), clientPort)) {
      socket.setSoTimeout(REPLY_MILLIS_MAX);
      socket.getOutputStream().write(REQUESTS.getBytes(StandardCharsets.US_ASCII));
      var replies = new StringBuilder();
      while (!replies.toString().endsWith(LAST_REPLY)) {
        int b = socket.getInputStream().read();
        if (b < 0) {
          return;
        }
        replies.append((char) b);
      }
    }
  }

  /** Hears the launcher say that the cluster is ready. */
  private static final class Audience extends PrintStream {
    private final CountDownLatch ready = new CountDownLatch(1);

    Audience() {
      super(nullOutputStream(), false, StandardCharsets.UTF_8);
    }

    @Override
    public void println(String line) {
      if (line.startsWith("cluster ready")) {
        ready.countDown();
      }
    }
  }
}
