package io.raftkv.figures;

import io.raftkv.base.Bytes;
import io.raftkv.config.ServerConfig;
import io.raftkv.tools.Answer;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;

/** One connection of a {@link WriteLoad}: requests out, replies in, nothing ever waits. */
final class LoadConnection {
  private final SocketChannel channel = SocketChannel.open();
  private final SelectionKey key;
  private final ArrayDeque<Request> underWay = new ArrayDeque<>();
  private ByteBuffer input = ByteBuffer.allocate(16 << 10).flip();
  private ByteBuffer output = ByteBuffer.allocate(16 << 10);

  /** One request under way. */
  record Request(Chain chain, long sentNanos) {}

  /** Begins to connect; {@link #flush} writes when the connection is there. */
  LoadConnection(ServerConfig server, Selector selector) throws IOException {
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    channel.connect(new InetSocketAddress(server.hostname(), server.clientPort()));
  }

  /** What was sent and not yet answered, in order. */
  ArrayDeque<Request> underWay() {
    return underWay;
  }

  /** Gathers one request; {@link #flush} sends it. */
  void send(Chain chain) {
    var request = chain.next();
    if (output.remaining() < request.length()) {
      var larger = ByteBuffer.allocate(Math.max(2 * output.capacity(), request.length()));
      output = larger.put(output.flip());
    }
    copy(request);
    underWay.add(new Request(chain, System.nanoTime()));
  }

  private void copy(Bytes request) {
    request.copyTo(output);
  }

  /** Sends what can be sent now. */
  void flush() throws IOException {
    if (channel.isConnectionPending() && !channel.finishConnect()) {
      return;
    }
    channel.write(output.flip());
    boolean left = output.hasRemaining();
    output.compact();
    key.interestOps(SelectionKey.OP_READ | (left ? SelectionKey.OP_WRITE : 0));
  }

  /** Reads what has come; throws if the connection is over. */
  void fill() throws IOException {
    if (!channel.isConnected()) {
      return;
    }
    if (input.remaining() == input.capacity()) {
      input = ByteBuffer.allocate(2 * input.capacity()).put(input).flip();
    }
    input.compact();
    int count = channel.read(input);
    input.flip();
    if (count < 0) {
      throw new EOFException("the server closed the connection");
    }
  }

  /** The next whole reply that has come. */
  Optional<Answer> poll() {
    int lineEnd = lineEnd();
    if (lineEnd < 0) {
      return Optional.empty();
    }
    var line =
        new String(
            input.array(), input.position(), lineEnd - input.position(), StandardCharsets.UTF_8);
    int length =
        line.startsWith("VALUE ")
            ? Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1))
            : -1;
    int end = lineEnd + 2 + (length < 0 ? 0 : length + 2);
    if (end > input.limit()) {
      return Optional.empty();
    }
    var value = length < 0 ? Bytes.EMPTY : Bytes.copyOf(input.array(), lineEnd + 2, length);
    input.position(end);
    return Optional.of(new Answer(line, value));
  }

  private int lineEnd() {
    for (int i = input.position(); i + 1 < input.limit(); i++) {
      if (input.get(i) == '\r' && input.get(i + 1) == '\n') {
        return i;
      }
    }
    return -1;
  }

  void close() {
    try {
      channel.close();
    } catch (IOException gone) {
      // It is over in any case.
    }
  }
}
