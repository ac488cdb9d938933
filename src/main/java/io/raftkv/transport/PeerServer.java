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
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * The incoming connections of the peers. One counts for each peer, the latest that completed its
 * handshake; before that a connection can do nothing but be refused.
 */
final class PeerServer {
  private final List<Integer> members;
  private final Refusals refusals;
  private final Consumer<List<Event>> events;
  private final SecureRandom random = new SecureRandom();
  private final Set<Incoming> connections = new LinkedHashSet<>();
  private final Map<Integer, Incoming> current = new HashMap<>();
  private final BiFunction<Incoming, NetSocket, SnapshotReceiver> receivers;
  private Optional<Identity> self = Optional.empty();
  private Optional<Incoming> receiving = Optional.empty();

  PeerServer(
      List<Integer> members,
      Refusals refusals,
      Consumer<List<Event>> events,
      BiFunction<Incoming, NetSocket, SnapshotReceiver> receivers) {
    this.members = members;
    this.refusals = refusals;
    this.events = events;
    this.receivers = receivers;
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
    boolean crowded = connections.size() - current.size() >= 32 + 2 * members.size();
    if (self.isEmpty() || crowded) {
      socket.close();
      return;
    }
    var incoming = new Incoming(this, socket, random.nextLong());
    connections.add(incoming);
    incoming.greet(self.get());
  }

  List<Integer> members() {
    return members;
  }

  Identity self() {
    return self.orElseThrow();
  }

  /**
   * The handshake is complete: this connection replaces the one before. But of two servers with one
   * id the one that was there first stays, for as long as it lives.
   */
  void accept(Hello hello, Incoming incoming) throws WireException {
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
  }

  /** One snapshot is received at a time: whoever comes later knows better who leads. */
  SnapshotReceiver receiver(Incoming incoming, NetSocket socket) {
    receiving.ifPresent(Incoming::hangUp);
    receiving = Optional.of(incoming);
    return receivers.apply(incoming, socket);
  }

  void closed(Incoming incoming, int peer) {
    connections.remove(incoming);
    if (current.remove(peer, incoming)) {
      events.accept(List.of(new Event.LinkClosed(peer)));
    }
  }

  void refused(String who, String cause) {
    refusals.say(who, cause);
  }

  void received(List<Event> received) {
    events.accept(received);
  }

  /** Called regularly: ends connections that are silent for too long. */
  void check() {
    new ArrayList<>(connections).forEach(Incoming::check);
  }

  void end() {
    new ArrayList<>(connections).forEach(Incoming::hangUp);
  }
}
