package io.raftkv.transport;

import io.raftkv.bus.Identity;
import io.raftkv.storage.SnapshotFiles;
import io.raftkv.storage.SnapshotFiles.Source;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one snapshot to one peer, over a connection of its own so that no heartbeat waits behind
 * it, and no faster than the peer writes it down. It ends once, whatever happens.
 */
final class SnapshotSender implements SnapshotStream.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);

  /** A peer that writes, forces and reads back may be silent for so many checks. */
  private static final int SILENT_CHECKS_MAX = 10;

  private final Vertx vertx;
  private final PeerAddress peer;
  private final Roster roster;
  private final Identity self;
  private final long atLeast;
  private final Consumer<Boolean> done;
  private final FrameDecoder decoder = new FrameDecoder(Hello.BYTES_MAX);
  private final SnapshotFiles files;
  private Optional<NetSocket> socket = Optional.empty();
  private Optional<Source> source = Optional.empty();
  private boolean greeted;
  private Optional<SnapshotStream> stream = Optional.empty();
  private boolean ended;
  private int silentChecks;

  /**
   * @param files where the snapshot is
   * @param atLeast the index up to where the snapshot must reach
   * @param done is told once whether the peer has the snapshot
   */
  SnapshotSender(
      Vertx vertx,
      PeerAddress peer,
      Roster roster,
      Identity self,
      SnapshotFiles files,
      long atLeast,
      Consumer<Boolean> done) {
    this.vertx = vertx;
    this.peer = peer;
    this.roster = roster;
    this.self = self;
    this.files = files;
    this.atLeast = atLeast;
    this.done = done;
  }

  /** Begins; to be called once. */
  void start(NetClient client) {
    vertx
        .executeBlocking(files::newest)
        .onFailure(failure -> end(false))
        .onSuccess(newest -> dial(client, newest));
  }

  private void dial(NetClient client, Optional<Source> newest) {
    if (ended) {
      newest.ifPresent(open -> SnapshotStream.close(vertx, open));
      return;
    }
    source = newest;
    if (newest.isEmpty() || newest.get().id().index() < atLeast) {
      end(false);
      return;
    }
    client
        .connect(peer.logPort(), peer.hostname())
        .onFailure(refused -> end(false))
        .onSuccess(this::connected);
  }

  private void connected(NetSocket connected) {
    if (ended) {
      connected.close();
      return;
    }
    socket = Optional.of(connected);
    connected.handler(this::received);
    connected.exceptionHandler(failure -> end(false));
    connected.closeHandler(closed -> hungUp());
  }

  private void received(Buffer bytes) {
    silentChecks = 0;
    decoder.add(bytes.getBytes());
    try {
      for (var frame = decoder.next(); frame.isPresent() && !ended; frame = decoder.next()) {
        received(frame.get());
      }
    } catch (WireException e) {
      end(false);
    }
  }

  private void received(Frame frame) throws WireException {
    switch (frame.type()) {
      case HELLO -> answer(Hello.decode(frame.payload()));
      case WELCOME -> offer();
      case WANT -> send(frame.payload());
      case DELIVERED -> end(true);
      case IDENTITY, PONG -> {}
      case HELLO_BACK,
          MESSAGE,
          PING,
          SNAPSHOT_HELLO,
          OFFER,
          CHUNK,
          OPERATOR_HELLO,
          REQUEST,
          REPLY ->
          throw new WireException("an acceptor does not send " + frame.type());
    }
  }

  private void answer(Hello acceptor) throws WireException {
    if (greeted || acceptor.from() != peer.id() || acceptor.objection(self, roster).isPresent()) {
      throw new WireException("it is not the server that was looked for");
    }
    greeted = true;
    var back = Hello.of(self, peer.id(), roster, acceptor.nonce());
    write(back.frame(Frame.Type.SNAPSHOT_HELLO));
  }

  private void offer() throws WireException {
    if (!greeted) {
      throw new WireException("a welcome before a hello");
    }
    var open = source.orElseThrow();
    vertx
        .executeBlocking(open::bytes)
        .onFailure(failure -> end(false))
        .onSuccess(bytes -> write(new Offer(open.id(), bytes).frame()));
  }

  private void send(ByteBuffer from) throws WireException {
    if (stream.isPresent() || from.remaining() != Long.BYTES) {
      throw new WireException("it asks for a snapshot twice, or for nothing");
    }
    var sending = new SnapshotStream(vertx, socket.orElseThrow(), source.orElseThrow(), this);
    stream = Optional.of(sending);
    sending.sendFrom(from.getLong());
  }

  @Override
  public void sent() {
    silentChecks = 0;
  }

  @Override
  public void failed() {
    end(false);
  }

  private void write(byte[] frame) {
    if (!ended) {
      socket.orElseThrow().write(Buffer.buffer(frame)).onFailure(failure -> end(false));
    }
  }

  /** Called every election timeout: whoever shows no sign of life is given up. */
  void check() {
    silentChecks++;
    if (silentChecks > SILENT_CHECKS_MAX) {
      end(false);
    }
  }

  /**
   * If the peer has all of it and does not take it, perhaps it is this server's that is damaged. To
   * look takes as long as reading it, and nothing else waits for that.
   */
  private void hungUp() {
    if (!ended && stream.filter(SnapshotStream::isComplete).isPresent()) {
      var id = source.orElseThrow().id();
      vertx
          .executeBlocking(
              () -> {
                files.check(id);
                return null;
              },
              false)
          .onFailure(failure -> LOG.warn("the snapshot of {} cannot be looked at", id, failure));
    }
    end(false);
  }

  /** Ends it, and says how; later calls change nothing. */
  void end(boolean delivered) {
    if (ended) {
      return;
    }
    ended = true;
    socket.ifPresent(NetSocket::close);
    stream.ifPresentOrElse(
        SnapshotStream::end, () -> source.ifPresent(open -> SnapshotStream.close(vertx, open)));
    done.accept(delivered);
  }
}
