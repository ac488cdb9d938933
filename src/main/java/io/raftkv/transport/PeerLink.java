package io.raftkv.transport;

import io.raftkv.bus.Identity;
import io.raftkv.raft.Event;
import io.raftkv.raft.Message;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * The one outgoing connection to a peer: it carries this server's messages and nothing back but
 * signs of life. It dials until it is closed for good; what cannot be sent is dropped, since
 * consensus expects no more of a network.
 */
final class PeerLink {
  /** So many checks apart a link is asked for a sign of life while it carries nothing. */
  static final int RESTING_CHECKS = 4;

  private static final int QUEUE_BYTES_MAX = 64 << 20;
  private static final int REDIAL_MILLIS_MIN = 20;
  private static final int REDIAL_MILLIS_MAX = 500;

  private final Vertx vertx;
  private final NetClient client;
  private final PeerAddress peer;
  private final Roster roster;
  private final Refusals refusals;
  private final Consumer<Event> events;
  private final Random random = new Random();
  private Identity self;
  private Optional<NetSocket> socket = Optional.empty();
  private FrameDecoder decoder = new FrameDecoder(Hello.BYTES_MAX);
  private Optional<Hello> hello = Optional.empty();
  private boolean open;
  private boolean ended;
  private boolean awaitsAnswer;
  private boolean used;
  private int restingChecks;
  private int redialMillis = REDIAL_MILLIS_MIN;

  PeerLink(
      Vertx vertx,
      NetClient client,
      PeerAddress peer,
      Roster roster,
      Identity self,
      Refusals refusals,
      Consumer<Event> events) {
    this.vertx = vertx;
    this.client = client;
    this.peer = peer;
    this.roster = roster;
    this.self = self;
    this.refusals = refusals;
    this.events = events;
  }

  void dial() {
    if (ended) {
      return;
    }
    client
        .connect(peer.logPort(), peer.hostname())
        .onSuccess(this::connected)
        .onFailure(refused -> redial());
  }

  private void redial() {
    if (!ended) {
      vertx.setTimer(redialMillis + random.nextInt(redialMillis), timer -> dial());
      redialMillis = Math.min(2 * redialMillis, REDIAL_MILLIS_MAX);
    }
  }

  private void connected(NetSocket connected) {
    if (ended) {
      connected.close();
      return;
    }
    socket = Optional.of(connected);
    decoder = new FrameDecoder(Hello.BYTES_MAX);
    awaitsAnswer = false;
    used = false;
    connected.setWriteQueueMaxSize(QUEUE_BYTES_MAX);
    connected.handler(this::received);
    connected.exceptionHandler(failure -> connected.close());
    connected.closeHandler(closed -> disconnected());
  }

  private void disconnected() {
    socket = Optional.empty();
    hello = Optional.empty();
    open = false;
    awaitsAnswer = false;
    redial();
  }

  private void received(Buffer bytes) {
    awaitsAnswer = false;
    decoder.add(bytes.getBytes());
    try {
      for (var frame = decoder.next(); frame.isPresent(); frame = decoder.next()) {
        received(frame.get());
      }
    } catch (WireException e) {
      refuse(e.getMessage());
    }
  }

  private void received(Frame frame) throws WireException {
    switch (frame.type()) {
      case HELLO -> answer(Hello.decode(frame.payload()));
      case WELCOME -> opened();
      case IDENTITY -> changed(Hello.decode(frame.payload()));
      case PONG -> {}
      case HELLO_BACK,
          MESSAGE,
          PING,
          SNAPSHOT_HELLO,
          OFFER,
          WANT,
          CHUNK,
          DELIVERED,
          OPERATOR_HELLO,
          REQUEST,
          REPLY ->
          throw new WireException("an acceptor does not send " + frame.type());
    }
  }

  private void answer(Hello acceptor) throws WireException {
    if (hello.isPresent()) {
      throw new WireException("a second hello");
    }
    var objection = acceptor.objection(self, roster);
    if (objection.isPresent() || acceptor.from() != peer.id()) {
      refuse(objection.orElse("it is server " + acceptor.from() + ", not server " + peer.id()));
      return;
    }
    hello = Optional.of(acceptor);
    var back = Hello.of(self, peer.id(), roster, acceptor.nonce());
    write(back.frame(Frame.Type.HELLO_BACK));
  }

  private void opened() throws WireException {
    var acceptor = hello.orElseThrow(() -> new WireException("a welcome before a hello"));
    open = true;
    redialMillis = REDIAL_MILLIS_MIN;
    tellOpened(acceptor);
  }

  private void changed(Hello acceptor) throws WireException {
    if (hello.isEmpty() || acceptor.incarnation() != hello.get().incarnation()) {
      throw new WireException("another identity on the same connection");
    }
    hello = Optional.of(acceptor);
    if (open) {
      tellOpened(acceptor);
    }
  }

  private void tellOpened(Hello acceptor) {
    events.accept(new Event.LinkOpened(peer.id(), acceptor.incarnation(), acceptor.clusterId()));
  }

  private void refuse(String cause) {
    refusals.say("to server " + peer.id(), cause);
    redialMillis = REDIAL_MILLIS_MAX;
    hangUp();
  }

  private void hangUp() {
    socket.ifPresent(NetSocket::close);
  }

  /** Where the peer is found. */
  PeerAddress address() {
    return peer;
  }

  /** This server has joined a cluster; what it says of itself from now on is this. */
  void become(Identity identity) {
    self = identity;
  }

  /** Sends these messages with one write, if the link is open and not clogged. */
  void send(List<Message> messages) {
    if (open && socket.isPresent() && !socket.get().writeQueueFull()) {
      used = true;
      int bytes = 0;
      for (var message : messages) {
        bytes += Frame.HEADER_BYTES + MessageCodec.size(message);
      }
      var buffer = ByteBuffer.allocate(bytes);
      for (var message : messages) {
        int start = buffer.position();
        buffer.position(start + Frame.HEADER_BYTES);
        MessageCodec.encode(message, buffer);
        Frame.finish(buffer, start, Frame.Type.MESSAGE);
      }
      write(buffer.array());
    }
  }

  private void write(byte[] bytes) {
    socket.ifPresent(
        connected -> connected.write(Buffer.buffer(bytes)).onFailure(failure -> connected.close()));
  }

  /**
   * Called every election timeout: asks for a sign of life, and hangs up if the last had none. A
   * link that carries nothing, as most do between followers, is asked only now and then.
   */
  void check() {
    if (awaitsAnswer) {
      hangUp();
    } else if (socket.isPresent() && !open) {
      awaitsAnswer = true;
    } else if (open && (used || ++restingChecks >= RESTING_CHECKS)) {
      used = false;
      restingChecks = 0;
      awaitsAnswer = true;
      write(Frame.empty(Frame.Type.PING));
    }
  }

  void end() {
    ended = true;
    open = false;
    hangUp();
  }
}
