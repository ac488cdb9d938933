package io.raftkv.transport;

import io.raftkv.bus.SnapshotReceived;
import io.raftkv.storage.SnapshotFiles;
import io.raftkv.storage.SnapshotFiles.Loaded;
import io.raftkv.storage.SnapshotFiles.Sink;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * The receiving end of one snapshot: writes what comes to a file, one piece after the other, and
 * reads no more from the network meanwhile. Only when the file is whole, verified and forced does
 * anybody else hear of it.
 */
final class SnapshotReceiver {
  private static final int PLACE_BYTES = 8;

  private final Vertx vertx;
  private final SnapshotFiles files;
  private final NetSocket socket;
  private final Consumer<SnapshotReceived> arrived;
  private final Consumer<String> refuse;
  private Optional<Offer> offer = Optional.empty();
  private Optional<Sink> sink = Optional.empty();
  private long position;
  private int underWay;
  private boolean ended;

  /**
   * @param refuse ends the connection, with the reason
   */
  SnapshotReceiver(
      Vertx vertx,
      SnapshotFiles files,
      NetSocket socket,
      Consumer<SnapshotReceived> arrived,
      Consumer<String> refuse) {
    this.vertx = vertx;
    this.files = files;
    this.socket = socket;
    this.arrived = arrived;
    this.refuse = refuse;
  }

  /** A snapshot is offered: what is needed of it is asked for. */
  void offered(Offer offered) throws WireException {
    if (offer.isPresent()) {
      throw new WireException("a second offer");
    }
    offer = Optional.of(offered);
    work(() -> begin(offered), this::ask);
  }

  private Optional<Sink> begin(Offer offered) throws IOException {
    try (var newest = files.newest().orElse(null)) {
      if (newest != null && newest.id().index() >= offered.id().index()) {
        return Optional.empty();
      }
    }
    return Optional.of(files.receive(offered.id(), offered.bytes()));
  }

  private void ask(Optional<Sink> begun) {
    if (begun.isEmpty()) {
      write(Frame.empty(Frame.Type.DELIVERED));
    } else if (ended) {
      close(begun.get());
    } else {
      sink = begun;
      work(begun.get()::received, this::want);
    }
  }

  private void want(long received) {
    position = received;
    write(Frame.of(Frame.Type.WANT, ByteBuffer.allocate(PLACE_BYTES).putLong(received).flip()));
    finishIfWhole();
  }

  /** Some bytes have come; they must follow those before. */
  void chunk(ByteBuffer payload) throws WireException {
    if (sink.isEmpty() || payload.remaining() <= PLACE_BYTES || payload.getLong() != position) {
      throw new WireException("bytes of a snapshot that do not follow those before");
    }
    var bytes = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
    long at = position;
    position += bytes.remaining();
    var open = sink.get();
    work(
        () -> {
          open.write(bytes, at);
          return at;
        },
        written -> finishIfWhole());
  }

  private void finishIfWhole() {
    if (underWay == 0 && !ended && position == offer.orElseThrow().bytes()) {
      work(sink.orElseThrow()::finish, this::finished);
    }
  }

  private void finished(Loaded loaded) {
    sink = Optional.empty();
    arrived.accept(new SnapshotReceived(loaded.snapshot(), loaded.store(), loaded.bytes()));
    write(Frame.empty(Frame.Type.DELIVERED));
  }

  /** Work on files is done in order, off the event loop; until it is, nothing more is read. */
  private <T> void work(Callable<T> step, Consumer<T> then) {
    underWay++;
    socket.pause();
    vertx
        .executeBlocking(step, true)
        .onSuccess(
            result -> {
              underWay--;
              then.accept(result);
              if (underWay == 0 && !ended) {
                socket.resume();
              }
            })
        .onFailure(this::fail);
  }

  private void fail(Throwable failure) {
    if (!ended) {
      refuse.accept("the snapshot cannot be taken: " + failure.getMessage());
    }
  }

  private void write(byte[] frame) {
    if (!ended) {
      socket.write(Buffer.buffer(frame)).onFailure(failure -> refuse.accept("the link is gone"));
    }
  }

  /** Whether it is busy with its file: then nothing is heard from either side. */
  boolean isWorking() {
    return underWay > 0;
  }

  /** The connection is gone; what was received stays, to go on with. */
  void end() {
    if (!ended) {
      ended = true;
      sink.ifPresent(this::close);
      sink = Optional.empty();
    }
  }

  private void close(Sink open) {
    vertx.executeBlocking(
        () -> {
          open.close();
          return null;
        },
        true);
  }
}
