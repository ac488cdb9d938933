package io.raftkv.transport;

import io.raftkv.bus.Bus;
import io.raftkv.bus.Identity;
import io.raftkv.bus.PeerEvents;
import io.raftkv.bus.PeerMessages;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.raft.Message;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verticle between a server and its peers: it listens on the server's own host and log port,
 * keeps one link to each peer, and passes messages between them and the bus. It talks to nobody
 * before its replica has said over the bus who they are.
 */
public final class PeerTransportVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(PeerTransportVerticle.class);

  private final Optional<ServerSettings> given;
  private final Refusals refusals = new Refusals();
  private final Map<Integer, PeerLink> links = new TreeMap<>();
  private Optional<Running> running = Optional.empty();

  /** What exists once the port is open. */
  private record Running(ServerSettings settings, Bus bus, PeerServer server, NetServer port) {}

  /** For a deployment with a configuration: config.json's keys and {@code Id}. */
  public PeerTransportVerticle() {
    given = Optional.empty();
  }

  public PeerTransportVerticle(ServerSettings settings) {
    given = Optional.of(settings);
  }

  @Override
  public Future<?> start() {
    var settings = given.orElseGet(this::settingsOfDeployment);
    var self = settings.self();
    var bus = Bus.of(vertx, settings.busName());
    var server =
        new PeerServer(members(settings), refusals, e -> bus.toReplicaFromPeers(new PeerEvents(e)));
    var options = new NetServerOptions().setHost(self.hostname()).setPort(self.logPort());
    var port = vertx.createNetServer(options).connectHandler(server::connected);
    running = Optional.of(new Running(settings, bus, server, port));
    return port.listen()
        .recover(cause -> Future.failedFuture(self.cannotServePeers(cause)))
        .onSuccess(listening -> begin(settings, bus));
  }

  private ServerSettings settingsOfDeployment() {
    var settings = ConfigLoader.fromJson(config().getMap(), "the verticle's configuration");
    LOG.info(
        "the peer transport of server {} waits for a RaftVerticle in the same Vertx",
        settings.id());
    return settings;
  }

  private static List<Integer> members(ServerSettings settings) {
    return settings.cluster().servers().stream().map(ServerConfig::id).toList();
  }

  private void begin(ServerSettings settings, Bus bus) {
    bus.onPeerTransport(this::fromReplica);
    vertx.setPeriodic(settings.options().electionTimeoutMillis(), timer -> check());
    bus.toReplicaFromPeers(new PeerEvents(List.of()));
  }

  private void check() {
    links.values().forEach(PeerLink::check);
    running.ifPresent(now -> now.server().check());
  }

  private void fromReplica(Object message) {
    if (message instanceof PeerMessages batch) {
      send(batch);
    } else {
      running.ifPresent(now -> become(now, (Identity) message));
    }
  }

  private void send(PeerMessages batch) {
    var byPeer = new TreeMap<Integer, List<Message>>();
    for (var each : batch.messages()) {
      byPeer.computeIfAbsent(each.peer(), id -> new ArrayList<>()).add(each.message());
    }
    byPeer.forEach(
        (peer, messages) -> Optional.ofNullable(links.get(peer)).ifPresent(l -> l.send(messages)));
  }

  private void become(Running now, Identity identity) {
    now.server().become(identity);
    if (links.isEmpty()) {
      openLinks(now, identity);
    } else {
      links.values().forEach(link -> link.become(identity));
    }
  }

  /** Links start from the server's own address, so that servers can be told apart by it. */
  private void openLinks(Running now, Identity identity) {
    var settings = now.settings();
    int timeout = settings.options().electionTimeoutMillis();
    var client =
        vertx.createNetClient(
            new NetClientOptions()
                .setLocalAddress(settings.self().hostname())
                .setConnectTimeout(Math.max(200, Math.min(timeout, 5_000)))
                .setTcpNoDelay(true));
    for (var peer : settings.cluster().servers()) {
      if (peer.id() != identity.id()) {
        var link =
            new PeerLink(
                vertx,
                client,
                peer,
                members(settings),
                identity,
                refusals,
                event -> now.bus().toReplicaFromPeers(new PeerEvents(List.of(event))));
        links.put(peer.id(), link);
        link.dial();
      }
    }
  }

  /** Done when the port is free again, so that the next server may have it at once. */
  @Override
  public Future<?> stop() {
    links.values().forEach(PeerLink::end);
    running.ifPresent(now -> now.server().end());
    return running.map(now -> now.port().close()).orElseGet(Future::succeededFuture);
  }
}
