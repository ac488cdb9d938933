package io.raftkv.transport;

import io.raftkv.bus.Identity;
import io.raftkv.raft.Event;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One incoming connection, from its hello on. */
final class Incoming {
  private static final int SILENT_CHECKS_MAX = 2 * PeerLink.RESTING_CHECKS + 2;
  private static final long SIGN_NANOS = 20_000_000;
  private static final int SNAPSHOT_FRAME_BYTES_MAX = 1 << 20;
  private static final int NOBODY = -1;

  private final PeerServer server;
  private final NetSocket socket;
  private final long nonce;
  private final FrameDecoder decoder = new FrameDecoder(Hello.BYTES_MAX);
  private Optional<Hello> dialler = Optional.empty();
  private Optional<SnapshotReceiver> snapshot = Optional.empty();
  private Optional<OperatorSession> operator = Optional.empty();
  private boolean ended;
  private int silentChecks;
  private long signAt = System.nanoTime();

  Incoming(PeerServer server, NetSocket socket, long nonce) {
    this.server = server;
    this.socket = socket;
    this.nonce = nonce;
  }

  /** Says hello, and listens. */
  void greet(Identity self) {
    socket.handler(this::received);
    socket.exceptionHandler(failure -> hangUp());
    socket.closeHandler(closed -> closed());
    write(Hello.of(self, Hello.ANYBODY, server.roster(), nonce).frame(Frame.Type.HELLO));
  }

  /** This server's identity has changed. */
  void tell(Identity self) {
    write(Hello.of(self, Hello.ANYBODY, server.roster(), nonce).frame(Frame.Type.IDENTITY));
  }

  private void write(byte[] bytes) {
    socket.write(Buffer.buffer(bytes)).onFailure(failure -> hangUp());
  }

  private void received(Buffer bytes) {
    if (ended) {
      return;
    }
    silentChecks = 0;
    decoder.add(bytes.getBytes());
    var received = new ArrayList<Event>();
    try {
      for (var frame = decoder.next(); frame.isPresent(); frame = decoder.next()) {
        received(frame.get(), received);
      }
    } catch (WireException e) {
      refuse(e.getMessage());
    }
    if (!received.isEmpty()) {
      server.received(received);
    }
    giveSignMidFrame();
  }

  /**
   * On a slow link a large frame takes longer than its sender waits for the answer to the ping
   * behind it: that bytes come in is a sign of life, too.
   */
  private void giveSignMidFrame() {
    long now = System.nanoTime();
    if (!ended && dialler.isPresent() && decoder.isMidFrame() && now - signAt >= SIGN_NANOS) {
      signAt = now;
      write(Frame.empty(Frame.Type.PONG));
    }
  }

  private void received(Frame frame, List<Event> received) throws WireException {
    switch (frame.type()) {
      case HELLO_BACK -> acceptLink(Hello.decode(frame.payload()));
      case SNAPSHOT_HELLO -> acceptSnapshot(Hello.decode(frame.payload()));
      case OFFER -> receiver().offered(Offer.decode(frame.payload()));
      case CHUNK -> receiver().chunk(frame.payload());
      case OPERATOR_HELLO -> acceptOperator(Hello.decode(frame.payload()));
      case REQUEST -> operator().request(frame.payload());
      case WANT -> operator().wanted(frame.payload());
      case MESSAGE -> received.add(message(frame));
      case PING -> write(Frame.empty(Frame.Type.PONG));
      case HELLO, WELCOME, IDENTITY, PONG, DELIVERED, REPLY ->
          throw new WireException("a dialler does not send " + frame.type());
    }
  }

  private void acceptLink(Hello hello) throws WireException {
    check(hello);
    server.accept(hello, this);
    dialler = Optional.of(hello);
    decoder.allow(Frame.PAYLOAD_BYTES_MAX);
    write(Frame.empty(Frame.Type.WELCOME));
  }

  /** Such a connection says nothing of whether its server's link lives, and carries no messages. */
  private void acceptSnapshot(Hello hello) throws WireException {
    check(hello);
    snapshot = Optional.of(server.receiver(this, socket));
    decoder.allow(SNAPSHOT_FRAME_BYTES_MAX);
    write(Frame.empty(Frame.Type.WELCOME));
  }

  /**
   * Whoever works on this machine could do as much to its files; others would have to prove who
   * they are first.
   */
  private void acceptOperator(Hello hello) throws WireException {
    if (hello.from() != Hello.OPERATOR || !isFromThisMachine()) {
      throw new WireException("an operator's commands are taken from this machine alone");
    }
    checkAnswer(hello);
    operator = Optional.of(server.operator(this, socket));
    write(Frame.empty(Frame.Type.WELCOME));
  }

  private boolean isFromThisMachine() {
    return address().equals(String.valueOf(socket.localAddress().hostAddress()))
        || address().equals("127.0.0.1")
        || address().equals("0:0:0:0:0:0:0:1");
  }

  private OperatorSession operator() throws WireException {
    return operator.orElseThrow(() -> new WireException("a request before the handshake"));
  }

  private SnapshotReceiver receiver() throws WireException {
    return snapshot.orElseThrow(() -> new WireException("a snapshot before the handshake"));
  }

  private void check(Hello hello) throws WireException {
    var objection = hello.objection(server.self(), server.roster());
    if (objection.isPresent()) {
      throw new WireException(objection.get());
    }
    checkAnswer(hello);
  }

  private void checkAnswer(Hello hello) throws WireException {
    if (isIntroduced() || hello.to() != server.self().id() || hello.nonce() != nonce) {
      throw new WireException("its answer does not fit the hello; it may be a recording");
    }
  }

  private boolean isIntroduced() {
    return dialler.isPresent() || snapshot.isPresent() || operator.isPresent();
  }

  private Event message(Frame frame) throws WireException {
    var peer = dialler.orElseThrow(() -> new WireException("a message before the handshake"));
    return new Event.Receive(peer.from(), peer.incarnation(), MessageCodec.decode(frame.payload()));
  }

  private String who() {
    return dialler.map(peer -> "from server " + peer.from()).orElse("from " + address());
  }

  /** Without its port, so that a cause that comes again is known again. */
  String address() {
    return String.valueOf(socket.remoteAddress().hostAddress());
  }

  /**
   * Whether another data directory than this talks here, and did so not longer ago than a link at
   * rest is silent.
   */
  boolean isAnotherAlive(long incarnation) {
    return !ended
        && silentChecks <= PeerLink.RESTING_CHECKS + 1
        && dialler.filter(peer -> peer.incarnation() != incarnation).isPresent();
  }

  /** Whoever has not introduced itself after two checks is not waited for. */
  void check() {
    operator.ifPresent(OperatorSession::check);
    boolean isWorking = operator.filter(OperatorSession::isWorking).isPresent();
    silentChecks = isWorking ? 0 : silentChecks + 1;
    if (silentChecks > SILENT_CHECKS_MAX || (!isIntroduced() && silentChecks > 2)) {
      hangUp();
    } else if (isSnapshotWorkedOn()) {
      silentChecks = 0;
      write(Frame.empty(Frame.Type.PONG));
    }
  }

  /** The other side waits for a file, which may take long, and wants to know that we live. */
  private boolean isSnapshotWorkedOn() {
    return snapshot.filter(SnapshotReceiver::isWorking).isPresent()
        || operator.filter(OperatorSession::isSnapshotAwaited).isPresent();
  }

  void hangUp() {
    if (!ended) {
      ended = true;
      endSessions();
      socket.close();
    }
  }

  private void endSessions() {
    snapshot.ifPresent(SnapshotReceiver::end);
    operator.ifPresent(OperatorSession::end);
  }

  /** Ends the connection for a reason that whoever looks after the server may want to know. */
  void refuse(String cause) {
    server.refused(who(), cause);
    hangUp();
  }

  private void closed() {
    ended = true;
    endSessions();
    server.closed(this, dialler.map(Hello::from).orElse(NOBODY));
  }
}
