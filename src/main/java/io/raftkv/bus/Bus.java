package io.raftkv.bus;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;

/**
 * The bus of one server: its addresses, and records that travel by reference. Several servers may
 * live in one Vertx, so every address contains the ports' owner.
 *
 * <p>A message to an address nobody listens on is lost in silence, so what listens is deployed
 * before what sends.
 */
public final class Bus {
  private static final DeliveryOptions OPTIONS =
      new DeliveryOptions().setCodecName(ByReference.NAME).setLocalOnly(true);

  private final EventBus eventBus;
  private final String prefix;

  private Bus(EventBus eventBus, String prefix) {
    this.eventBus = eventBus;
    this.prefix = prefix;
  }

  /**
   * The bus of one server.
   *
   * @param server what tells this server from all others in the same Vertx, such as its id and the
   *     folder of its data
   */
  public static Bus of(Vertx vertx, String server) {
    var eventBus = vertx.eventBus();
    try {
      eventBus.registerCodec(new ByReference());
    } catch (IllegalStateException alreadyThere) {
      // Another server of this Vertx was first; the bus offers no way to ask.
    }
    return new Bus(eventBus, "raftkv." + server + ".");
  }

  /** To the replica: {@link ClientRequests} and {@link ClientGone}. */
  public void toReplicaFromClients(Object message) {
    eventBus.send(prefix + "replica.clients", message, OPTIONS);
  }

  /** To the replica: {@link PeerEvents}. */
  public void toReplicaFromPeers(PeerEvents events) {
    eventBus.send(prefix + "replica.peers", events, OPTIONS);
  }

  /** To the replica: {@link SnapshotReceived}. */
  public void toReplicaSnapshot(SnapshotReceived received) {
    eventBus.send(prefix + "replica.snapshots", received, OPTIONS);
  }

  /** To the replica: {@link OperatorRequest}. */
  public void toReplicaFromOperators(OperatorRequest request) {
    eventBus.send(prefix + "replica.operators", request, OPTIONS);
  }

  /** To the peer transport: {@link OperatorReply}. */
  public void toOperators(OperatorReply reply) {
    eventBus.send(prefix + "operators", reply, OPTIONS);
  }

  /** To the client port: {@link ClientReplies}. */
  public void toClients(ClientReplies replies) {
    eventBus.send(prefix + "clients", replies, OPTIONS);
  }

  /** To the peer transport: {@link PeerMessages}, {@link Identity} and {@link SendSnapshot}. */
  public void toPeers(Object message) {
    eventBus.send(prefix + "peers", message, OPTIONS);
  }

  /** What the replica hears from clients. */
  public MessageConsumer<Object> onClients(Consumer<Object> handler) {
    return eventBus.localConsumer(prefix + "replica.clients", m -> handler.accept(m.body()));
  }

  /** What the replica hears from peers. */
  public MessageConsumer<PeerEvents> onPeers(Consumer<PeerEvents> handler) {
    return eventBus.localConsumer(prefix + "replica.peers", m -> handler.accept(m.body()));
  }

  /** The snapshots that the replica is given. */
  public MessageConsumer<SnapshotReceived> onSnapshots(Consumer<SnapshotReceived> handler) {
    return eventBus.localConsumer(prefix + "replica.snapshots", m -> handler.accept(m.body()));
  }

  /** What the replica hears from those who look after the servers. */
  public MessageConsumer<OperatorRequest> onOperators(Consumer<OperatorRequest> handler) {
    return eventBus.localConsumer(prefix + "replica.operators", m -> handler.accept(m.body()));
  }

  /** The answers to operators, which the peer transport passes on. */
  public MessageConsumer<OperatorReply> onOperatorReplies(Consumer<OperatorReply> handler) {
    return eventBus.localConsumer(prefix + "operators", m -> handler.accept(m.body()));
  }

  /** What the client port hears. */
  public MessageConsumer<ClientReplies> onReplies(Consumer<ClientReplies> handler) {
    return eventBus.localConsumer(prefix + "clients", m -> handler.accept(m.body()));
  }

  /** What the peer transport hears. */
  public MessageConsumer<Object> onPeerTransport(Consumer<Object> handler) {
    return eventBus.localConsumer(prefix + "peers", m -> handler.accept(m.body()));
  }

  /** Hands over the object itself: everything on this bus is an immutable record. */
  private static final class ByReference implements MessageCodec<Object, Object> {
    static final String NAME = "raftkv-by-reference";

    @Override
    public void encodeToWire(Buffer buffer, Object message) {
      throw new UnsupportedOperationException("this bus never leaves its process");
    }

    @Override
    public Object decodeFromWire(int position, Buffer buffer) {
      throw new UnsupportedOperationException("this bus never leaves its process");
    }

    @Override
    public Object transform(Object message) {
      return message;
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }
}
