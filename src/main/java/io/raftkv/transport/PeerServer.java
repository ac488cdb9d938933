package io.raftkv.transport;

import io.raftkv.bus.Identity;
import io.raftkv.raft.Event;
import io.vertx.core.net.NetSocket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The incoming connections of the peers. One counts for each peer, the latest that completed its
 * handshake; before that a connection can do nothing but be refused.
 */
final class PeerServer {
  /** So many servers may be here that the file does not name, members or on their way to be. */
  private static final int GUESTS_MAX = 16;

  private final Roster roster;
  private final Refusals refusals;
  private final SecureRandom random = new SecureRandom();
  private final Set<Incoming> connections = new LinkedHashSet<>();
  private final Map<Integer, Incoming> current = new HashMap<>();
  private final Listener listener;
  private Optional<Identity> self = Optional.empty();
  private Optional<Incoming> receiving = Optional.empty();

  /** What comes of the connections. */
  interface Listener {
    /** What one read of one connection brought, in order. */
    void received(List<Event> events);

    /** A peer has introduced itself; it listens there. */
    void introduced(PeerAddress peer);

    /** The connection of a peer is gone. */
    void left(int peer);

    /** Somebody begins to send a snapshot. */
    SnapshotReceiver receiver(Incoming incoming, NetSocket socket);

    /** An operator's tool is here. */
    OperatorSession operator(Incoming incoming, NetSocket socket);
  }

  PeerServer(Roster roster, Refusals refusals, Listener listener) {
    this.roster = roster;
    this.refusals = refusals;
    this.listener = listener;
  }

  /** Who this server says it is; before the first call every connection is closed at once. */
  void become(Identity identity) {
    boolean changed = self.isPresent();
    self = Optional.of(identity);
    if (changed) {
      connections.forEach(incoming -> incoming.tell(identity));
    }
  }

  void connected(NetSocket socket) {
    boolean crowded = connections.size() - current.size() >= 32 + 2 * roster.ids().size();
    if (self.isEmpty() || crowded) {
      socket.close();
      return;
    }
    var incoming = new Incoming(this, socket, random.nextLong());
    connections.add(incoming);
    incoming.greet(self.get());
  }

  Roster roster() {
    return roster;
  }

  Identity self() {
    return self.orElseThrow();
  }

  /**
   * The handshake is complete: this connection replaces the one before. But of two servers with one
   * id the one that was there first stays, for as long as it lives.
   */
  void accept(Hello hello, Incoming incoming) throws WireException {
    boolean isGuest = !roster.ids().contains(hello.from());
    if (isGuest && !current.containsKey(hello.from()) && guests() >= GUESTS_MAX) {
      throw new WireException("too many servers are here that the file does not name");
    }
    var before = current.get(hello.from());
    if (before != null && before.isAnotherAlive(hello.incarnation())) {
      throw new WireException(
          "another server with the id %d and other data is connected; stop one of the two"
              .formatted(hello.from()));
    }
    current.put(hello.from(), incoming);
    if (before != null) {
      before.hangUp();
    }
    listener.introduced(new PeerAddress(hello.from(), incoming.address(), hello.logPort()));
  }

  private long guests() {
    return current.keySet().stream().filter(id -> !roster.ids().contains(id)).count();
  }

  /** One snapshot is received at a time: whoever comes later knows better who leads. */
  SnapshotReceiver receiver(Incoming incoming, NetSocket socket) {
    receiving.ifPresent(Incoming::hangUp);
    receiving = Optional.of(incoming);
    return listener.receiver(incoming, socket);
  }

  OperatorSession operator(Incoming incoming, NetSocket socket) {
    return listener.operator(incoming, socket);
  }

  void closed(Incoming incoming, int peer) {
    connections.remove(incoming);
    if (current.remove(peer, incoming)) {
      listener.received(List.of(new Event.LinkClosed(peer)));
      listener.left(peer);
    }
  }

  void refused(String who, String cause) {
    refusals.say(who, cause);
  }

  void received(List<Event> received) {
    listener.received(received);
  }

  /** Called regularly: ends connections that are silent for too long. */
  void check() {
    new ArrayList<>(connections).forEach(Incoming::check);
  }

  void end() {
    new ArrayList<>(connections).forEach(Incoming::hangUp);
  }
}
