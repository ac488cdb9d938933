package io.raftkv.testing;

import io.raftkv.config.ClusterConfig;
import io.raftkv.config.ServerConfig;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What lies between the peer ports of a cluster: a proxy for each direction of each pair of
 * servers, so that a test can cut any of them. Each server's configuration names its peers by their
 * proxies.
 */
final class PeerNetwork {
  private final ClusterConfig config;
  private final Vertx vertx = Vertx.vertx();
  private final NetClient client = vertx.createNetClient();
  private final Map<Link, Integer> ports = new HashMap<>();
  private final Set<Link> cut = ConcurrentHashMap.newKeySet();
  private final Map<NetSocket, Link> open = new ConcurrentHashMap<>();

  private record Link(int from, int to) {}

  /**
   * @param proxyPorts free ports, one for each direction of each pair
   */
  PeerNetwork(ClusterConfig config, List<Integer> proxyPorts) {
    this.config = config;
    var ids = config.servers().stream().map(ServerConfig::id).toList();
    var free = proxyPorts.iterator();
    for (int from : ids) {
      for (int to : ids) {
        if (from != to) {
          listen(new Link(from, to), free.next());
        }
      }
    }
  }

  private void listen(Link link, int port) {
    ports.put(link, port);
    int target = config.server(link.to()).logPort();
    var listening =
        vertx
            .createNetServer()
            .connectHandler(incoming -> pass(link, incoming, target))
            .listen(port, "127.0.0.1");
    try {
      listening.await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("a proxy does not listen", e);
    }
  }

  private void pass(Link link, NetSocket incoming, int target) {
    if (cut.contains(link)) {
      incoming.close();
      return;
    }
    incoming.pause();
    client
        .connect(target, "127.0.0.1")
        .onFailure(refused -> incoming.close())
        .onSuccess(
            outgoing -> {
              open.put(incoming, link);
              incoming.closeHandler(closed -> ended(incoming, outgoing));
              outgoing.closeHandler(closed -> incoming.close());
              incoming.handler(outgoing::write);
              outgoing.handler(incoming::write);
              incoming.resume();
            });
  }

  private void ended(NetSocket incoming, NetSocket outgoing) {
    open.remove(incoming);
    outgoing.close();
  }

  /** The configuration as this server has it. */
  ClusterConfig configOf(int id) {
    List<ServerConfig> servers = new ArrayList<>();
    for (var server : config.servers()) {
      int logPort =
          server.id() == id ? server.logPort() : ports.get(new Link(id, server.id())).intValue();
      servers.add(new ServerConfig(server.id(), server.hostname(), server.clientPort(), logPort));
    }
    return new ClusterConfig(config.path(), servers, config.options());
  }

  void partition(Set<Integer> island) {
    ports.keySet().stream()
        .filter(link -> island.contains(link.from()) != island.contains(link.to()))
        .forEach(cut::add);
    open.forEach(
        (socket, link) -> {
          if (cut.contains(link)) {
            socket.close();
          }
        });
  }

  void heal() {
    cut.clear();
  }

  void close() {
    try {
      vertx.close().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the proxies do not end", e);
    }
  }
}
