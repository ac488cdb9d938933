package io.raftkv.transport;

import io.raftkv.bus.Bus;
import io.raftkv.bus.Identity;
import io.raftkv.bus.PeerEvents;
import io.raftkv.bus.PeerMessages;
import io.raftkv.bus.SendSnapshot;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.ServerSettings;
import io.raftkv.raft.Event;
import io.raftkv.raft.Message;
import io.raftkv.storage.SnapshotFiles;
import io.raftkv.storage.StorageOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
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
  private final Map<Integer, SnapshotSender> senders = new TreeMap<>();
  private final StorageOptions storageOptions;
  private Optional<Running> running = Optional.empty();
  private Optional<Outgoing> outgoing = Optional.empty();

  /** What exists once the port is open. */
  private record Running(
      ServerSettings settings,
      Roster roster,
      Bus bus,
      PeerServer server,
      NetServer port,
      SnapshotFiles files) {}

  /** What exists once this server has said who it is. */
  private record Outgoing(NetClient client, Identity self) {}

  /** For a deployment with a configuration: config.json's keys and {@code Id}. */
  public PeerTransportVerticle() {
    given = Optional.empty();
    storageOptions = StorageOptions.DEFAULTS;
  }

  /**
   * @param storageOptions how the server's files lie on the disk
   */
  public PeerTransportVerticle(ServerSettings settings, StorageOptions storageOptions) {
    given = Optional.of(settings);
    this.storageOptions = storageOptions;
  }

  @Override
  public Future<?> start() {
    var settings = given.orElseGet(this::settingsOfDeployment);
    var self = settings.self();
    var bus = Bus.of(vertx, settings.busName());
    var files = new SnapshotFiles(settings.cluster().dataDirectory(settings.id()), storageOptions);
    var roster = Roster.of(settings);
    var operators = new Operators(bus::toReplicaFromOperators);
    bus.onOperatorReplies(operators::answer);
    var server = new PeerServer(roster, refusals, new FromPeers(bus, roster, files, operators));
    var options = new NetServerOptions().setHost(self.hostname()).setPort(self.logPort());
    var port = vertx.createNetServer(options).connectHandler(server::connected);
    running = Optional.of(new Running(settings, roster, bus, server, port, files));
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

  private void begin(ServerSettings settings, Bus bus) {
    bus.onPeerTransport(this::fromReplica);
    vertx.setPeriodic(settings.options().electionTimeoutMillis(), timer -> check());
    bus.toReplicaFromPeers(new PeerEvents(List.of()));
  }

  private void check() {
    links.values().forEach(PeerLink::check);
    List.copyOf(senders.values()).forEach(SnapshotSender::check);
    running.ifPresent(now -> now.server().check());
  }

  private void fromReplica(Object message) {
    if (message instanceof PeerMessages batch) {
      send(batch);
    } else if (message instanceof SendSnapshot asked) {
      running.ifPresent(now -> sendSnapshot(now, asked));
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

  /** One that is under way to this peer goes on, and counts for this, too. */
  private void sendSnapshot(Running now, SendSnapshot asked) {
    var link = links.get(asked.to());
    if (link == null || outgoing.isEmpty()) {
      sent(now, asked.to(), false);
      return;
    }
    if (senders.containsKey(asked.to())) {
      return;
    }
    var sender =
        new SnapshotSender(
            vertx,
            link.address(),
            now.roster(),
            outgoing.get().self(),
            now.files(),
            asked.atLeast(),
            delivered -> sent(now, asked.to(), delivered));
    senders.put(asked.to(), sender);
    sender.start(outgoing.get().client());
  }

  private void sent(Running now, int to, boolean delivered) {
    senders.remove(to);
    now.bus().toReplicaFromPeers(new PeerEvents(List.of(new Event.SnapshotSent(to, delivered))));
  }

  private void become(Running now, Identity identity) {
    now.server().become(identity);
    var client = outgoing.map(Outgoing::client).orElseGet(() -> client(now.settings()));
    outgoing = Optional.of(new Outgoing(client, identity));
    if (links.isEmpty()) {
      openLinks(now, identity, client);
    } else {
      links.values().forEach(link -> link.become(identity));
    }
  }

  /** Links start from the server's own address, so that servers can be told apart by it. */
  private NetClient client(ServerSettings settings) {
    int timeout = settings.options().electionTimeoutMillis();
    return vertx.createNetClient(
        new NetClientOptions()
            .setLocalAddress(settings.self().hostname())
            .setConnectTimeout(Math.max(200, Math.min(timeout, 5_000)))
            .setTcpNoDelay(true));
  }

  private void openLinks(Running now, Identity identity, NetClient client) {
    for (var peer : now.settings().cluster().servers()) {
      if (peer.id() != identity.id()) {
        openLink(now, PeerAddress.of(peer), new Outgoing(client, identity));
      }
    }
  }

  private void openLink(Running now, PeerAddress peer, Outgoing from) {
    var link =
        new PeerLink(
            vertx,
            from.client(),
            peer,
            now.roster(),
            from.self(),
            refusals,
            event -> now.bus().toReplicaFromPeers(new PeerEvents(List.of(event))));
    links.put(peer.id(), link);
    link.dial();
  }

  /** What the incoming connections bring. */
  private final class FromPeers implements PeerServer.Listener {
    private final Bus bus;
    private final Roster roster;
    private final SnapshotFiles files;
    private final Operators operators;

    FromPeers(Bus bus, Roster roster, SnapshotFiles files, Operators operators) {
      this.bus = bus;
      this.operators = operators;
      this.roster = roster;
      this.files = files;
    }

    @Override
    public void received(List<Event> events) {
      bus.toReplicaFromPeers(new PeerEvents(events));
    }

    /** A peer that the file does not name is answered over a link for as long as it is here. */
    @Override
    public void introduced(PeerAddress peer) {
      if (!links.containsKey(peer.id())) {
        running.ifPresent(now -> outgoing.ifPresent(from -> openLink(now, peer, from)));
      }
    }

    @Override
    public void left(int peer) {
      if (!roster.ids().contains(peer)) {
        Optional.ofNullable(links.remove(peer)).ifPresent(PeerLink::end);
      }
    }

    @Override
    public SnapshotReceiver receiver(Incoming incoming, NetSocket socket) {
      return new SnapshotReceiver(vertx, files, socket, bus::toReplicaSnapshot, incoming::refuse);
    }

    @Override
    public OperatorSession operator(Incoming incoming, NetSocket socket) {
      return new OperatorSession(vertx, files, socket, operators, incoming::refuse);
    }
  }

  /**
   * Done when the port is free again, so that the next server may have it at once, and when the
   * last work on files, which is done in order, has ended.
   */
  @Override
  public Future<?> stop() {
    links.values().forEach(PeerLink::end);
    List.copyOf(senders.values()).forEach(sender -> sender.end(false));
    running.ifPresent(now -> now.server().end());
    return running
        .map(now -> now.port().close())
        .orElseGet(Future::succeededFuture)
        .eventually(() -> vertx.executeBlocking(() -> true));
  }
}
