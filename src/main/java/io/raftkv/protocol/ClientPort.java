package io.raftkv.protocol;

import io.raftkv.bus.Bus;
import io.raftkv.bus.ClientGone;
import io.raftkv.bus.ClientReplies;
import io.raftkv.bus.ClientRequests;
import io.raftkv.kv.Request;
import io.vertx.core.Context;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All clients of a server, what they may hold together, and their way to the replica and back. */
final class ClientPort {
  private static final Logger LOG = LoggerFactory.getLogger(ClientProtocolVerticle.class);
  private static final long STUCK_MILLIS = 30_000;
  private static final long COMPLAIN_MILLIS = 1_000;

  private final ProtocolLimits limits;
  private final long giveUpMillis;
  private final Bus bus;
  private final Context context;
  private final Map<Long, ClientConnection> connections = new HashMap<>();
  private final Set<ClientConnection> crowdedOut = new LinkedHashSet<>();
  private long lastId;
  private long heldBytes;
  private long complainedAt = -COMPLAIN_MILLIS;
  private boolean ending;
  private Runnable onQuiet = () -> {};

  /**
   * @param firstId a random number, so that a later run of this verticle uses others
   * @param giveUpMillis how long a request waits for a replica that does not answer at all
   */
  ClientPort(ProtocolLimits limits, long giveUpMillis, long firstId, Bus bus, Context context) {
    this.limits = limits;
    this.giveUpMillis = giveUpMillis;
    this.lastId = firstId;
    this.bus = bus;
    this.context = context;
  }

  ProtocolLimits limits() {
    return limits;
  }

  long now() {
    return System.nanoTime() / 1_000_000;
  }

  void connected(NetSocket socket) {
    if (connections.size() >= limits.connectionsMax() || ending) {
      complain();
      socket.close();
      return;
    }
    var connection = new ClientConnection(++lastId, socket, this);
    connections.put(connection.id, connection);
    connection.begin();
  }

  private void complain() {
    if (!ending && now() - complainedAt >= COMPLAIN_MILLIS) {
      complainedAt = now();
      LOG.warn("refused a client: {} are connected, no more may be", connections.size());
    }
  }

  void ask(long connection, List<Request> requests) {
    bus.toReplicaFromClients(new ClientRequests(connection, requests));
  }

  /** The replies of one turn: each connection writes all of its at once. */
  void replied(ClientReplies batch) {
    var answered = new LinkedHashSet<ClientConnection>();
    for (var reply : batch.replies()) {
      var connection = connections.get(reply.connection());
      if (connection != null) {
        connection.replied(reply.reply());
        answered.add(connection);
      }
    }
    answered.forEach(ClientConnection::flush);
    quietIfDone();
  }

  void forget(ClientConnection connection) {
    connections.remove(connection.id);
    crowdedOut.remove(connection);
    bus.toReplicaFromClients(new ClientGone(connection.id));
    quietIfDone();
  }

  void later(Runnable action) {
    context.runOnContext(go -> action.run());
  }

  /** So many bytes more, or less, are held for clients. */
  void hold(long bytes) {
    heldBytes += bytes;
    if (heldBytes < limits.totalBytesMax() / 2 && !crowdedOut.isEmpty()) {
      var waiting = new ArrayList<>(crowdedOut);
      crowdedOut.clear();
      later(() -> waiting.forEach(ClientConnection::flush));
    }
  }

  /** Whether all clients together hold too much; who asks is told when they no longer do. */
  boolean isCrowded(ClientConnection connection) {
    boolean crowded = heldBytes >= limits.totalBytesMax();
    if (crowded) {
      crowdedOut.add(connection);
    }
    return crowded;
  }

  /** Called regularly: answers those whom the replica has forgotten, or never heard of. */
  void check() {
    long askedBefore = now() - giveUpMillis;
    for (var connection : new ArrayList<>(connections.values())) {
      connection.giveUp(askedBefore);
      connection.closeIfStuck(now() - STUCK_MILLIS);
    }
  }

  /** Takes no more requests; {@code whenQuiet} runs when all that were taken are answered. */
  void end(Runnable whenQuiet) {
    ending = true;
    onQuiet = whenQuiet;
    new ArrayList<>(connections.values()).forEach(ClientConnection::end);
    quietIfDone();
  }

  private void quietIfDone() {
    if (ending && connections.values().stream().noneMatch(ClientConnection::hasRequests)) {
      onQuiet.run();
    }
  }

  /** Answers everything that is still under way with an error. */
  void giveUpAll() {
    new ArrayList<>(connections.values()).forEach(c -> c.giveUp(Long.MAX_VALUE));
  }
}
