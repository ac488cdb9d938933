package io.raftkv.transport;

import io.raftkv.base.Bytes;
import io.raftkv.storage.SnapshotFiles.Source;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of a snapshot's file on their way, one chunk after the other. */
final class SnapshotStream {
  static final int CHUNK_BYTES = 256 << 10;

  private final Vertx vertx;
  private final NetSocket socket;
  private final Source source;
  private final Listener listener;
  private boolean complete;
  private boolean ended;

  /** What becomes of it. */
  interface Listener {
    /** A chunk has left. */
    void sent();

    /** No more will be sent. */
    void failed();
  }

  SnapshotStream(Vertx vertx, NetSocket socket, Source source, Listener listener) {
    this.vertx = vertx;
    this.socket = socket;
    this.source = source;
    this.listener = listener;
    socket.setWriteQueueMaxSize(2 * CHUNK_BYTES);
  }

  /** Sends from this byte on to the end of the file, no faster than the other side takes it. */
  void sendFrom(long position) {
    if (!ended) {
      vertx
          .executeBlocking(() -> read(position))
          .onFailure(failure -> listener.failed())
          .onSuccess(chunk -> send(position, chunk));
    }
  }

  private Bytes read(long position) throws IOException {
    var buffer = ByteBuffer.allocate(CHUNK_BYTES);
    source.read(buffer, position);
    return Bytes.copyOf(buffer.array(), 0, buffer.position());
  }

  private void send(long position, Bytes chunk) {
    if (ended || chunk.isEmpty()) {
      complete = !ended;
      return;
    }
    var payload = ByteBuffer.allocate(Long.BYTES + chunk.length()).putLong(position);
    chunk.copyTo(payload);
    socket
        .write(Buffer.buffer(Frame.of(Frame.Type.CHUNK, payload.flip())))
        .onFailure(failure -> listener.failed())
        .onSuccess(
            written -> {
              listener.sent();
              sendFrom(position + chunk.length());
            });
  }

  /** Whether all has been sent. */
  boolean isComplete() {
    return complete;
  }

  /** Ends it, and closes the file behind the last read. */
  void end() {
    if (!ended) {
      ended = true;
      close(vertx, source);
    }
  }

  static void close(Vertx vertx, Source source) {
    vertx.executeBlocking(
        () -> {
          source.close();
          return null;
        });
  }
}
