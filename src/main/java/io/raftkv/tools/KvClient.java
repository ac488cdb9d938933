package io.raftkv.tools;

import io.raftkv.base.Bytes;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * One connection to one server, for a program that may wait. Requests may be pipelined: {@link
 * #send} any number, then {@link #receive} as many. No call waits longer than it was told to, a
 * write to a server that does not read included. Not for two threads at once.
 *
 * <p>It is strict: a reply that does not end in {@code \r\n} or does not have the length it names
 * is a {@link ProtocolException}.
 */
public final class KvClient implements Closeable {
  private static final int LINE_BYTES_MAX = 4096;
  private static final int VALUE_BYTES_MAX = 64 << 20;

  private final SocketChannel channel;
  private final Selector selector;
  private final Duration patience;
  private final ByteBuffer input = ByteBuffer.allocate(64 << 10).flip();

  private KvClient(SocketChannel channel, Selector selector, Duration patience) {
    this.channel = channel;
    this.selector = selector;
    this.patience = patience;
  }

  /**
   * Connects; neither this nor any later request or reply may take longer than {@code patience}.
   */
  public static KvClient connect(String hostname, int port, Duration patience) throws IOException {
    var channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      var client = new KvClient(channel, Selector.open(), patience);
      client.finishConnect(hostname, port);
      return client;
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  private void finishConnect(String hostname, int port) throws IOException {
    long deadline = deadline(patience);
    try {
      channel.register(selector, SelectionKey.OP_CONNECT);
      var address = new InetSocketAddress(hostname, port);
      if (address.isUnresolved()) {
        throw new UnknownHostException("no such host: " + hostname);
      }
      channel.connect(address);
      while (!channel.finishConnect()) {
        await(SelectionKey.OP_CONNECT, deadline, "no connection");
      }
    } catch (IOException | RuntimeException failure) {
      selector.close();
      throw failure;
    }
  }

  public Answer set(String key, int exptimeSeconds, Bytes value) throws IOException {
    return call(Requests.set(key, exptimeSeconds, value));
  }

  public Answer get(String key) throws IOException {
    return call(Requests.get(key));
  }

  public Answer getm(String key) throws IOException {
    return call(Requests.getm(key));
  }

  public Answer cas(String key, int exptimeSeconds, long version, Bytes value) throws IOException {
    return call(Requests.cas(key, exptimeSeconds, version, value));
  }

  public Answer delete(String key) throws IOException {
    return call(Requests.delete(key));
  }

  /** Sends one request and waits for one reply. */
  public Answer call(Bytes request) throws IOException {
    send(request);
    return receive();
  }

  /** Sends bytes as they are: a request, many requests, or none. */
  public void send(Bytes bytes) throws IOException {
    long deadline = deadline(patience);
    var buffer = bytes.toByteBuffer();
    while (buffer.hasRemaining()) {
      if (channel.write(buffer) == 0) {
        await(SelectionKey.OP_WRITE, deadline, "the server reads nothing");
      }
    }
  }

  /** Says that nothing more will be sent; replies can still be read. */
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  /** Waits for the next reply. */
  public Answer receive() throws IOException {
    long deadline = deadline(patience);
    var line = line(deadline);
    if (!line.startsWith("VALUE ")) {
      return Answer.of(line);
    }
    long length = Decimal.parse(line.substring(line.lastIndexOf(' ') + 1));
    if (length < 0 || length > VALUE_BYTES_MAX) {
      throw new ProtocolException("a reply with an impossible length: " + line);
    }
    var value = new byte[(int) length];
    for (int i = 0; i < value.length; ) {
      fill(deadline);
      int count = Math.min(input.remaining(), value.length - i);
      input.get(value, i, count);
      i += count;
    }
    if (next(deadline) != '\r' || next(deadline) != '\n') {
      throw new ProtocolException("no line end behind the value of: " + line);
    }
    return new Answer(line, Bytes.wrap(value));
  }

  /**
   * Listens for {@code silence} and says what came in this time: bytes or the end of the
   * connection. Empty if nothing did, as it should be when no majority is there.
   */
  public Optional<String> overheard(Duration silence) throws IOException {
    try {
      fill(deadline(silence));
      var heard = new byte[Math.min(input.remaining(), 64)];
      input.duplicate().get(heard);
      return Optional.of("the answer " + Bytes.wrap(heard));
    } catch (SocketTimeoutException nothing) {
      return Optional.empty();
    } catch (IOException broken) {
      return Optional.of("the end of the connection (" + broken.getMessage() + ")");
    }
  }

  /**
   * Whether something came that was not received yet, without waiting for it.
   *
   * @throws IOException also if the server closed the connection
   */
  public boolean hasInput() throws IOException {
    if (!input.hasRemaining()) {
      read();
    }
    return input.hasRemaining();
  }

  @Override
  public void close() {
    try (channel;
        selector) {
      input.clear().flip();
    } catch (IOException ignored) {
      // Nobody can use it any more, which is all that was asked for.
    }
  }

  private String line(long deadline) throws IOException {
    var line = new StringBuilder();
    while (true) {
      byte next = next(deadline);
      if (next == '\n') {
        break;
      }
      line.append((char) (next & 0xff));
      if (line.length() > LINE_BYTES_MAX) {
        throw new ProtocolException("a reply line of more than " + LINE_BYTES_MAX + " bytes");
      }
    }
    int last = line.length() - 1;
    if (last < 0 || line.charAt(last) != '\r') {
      throw new ProtocolException("a reply that ends in a bare line feed: " + line);
    }
    return new String(
        line.substring(0, last).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private byte next(long deadline) throws IOException {
    fill(deadline);
    return input.get();
  }

  /** Waits until there is at least one byte of input. */
  private void fill(long deadline) throws IOException {
    while (!input.hasRemaining()) {
      if (read() == 0) {
        await(SelectionKey.OP_READ, deadline, "no answer");
      }
    }
  }

  /** Takes what is there already; returns how many bytes. All earlier input must be used up. */
  private int read() throws IOException {
    input.clear();
    int count;
    try {
      count = channel.read(input);
    } finally {
      input.flip();
    }
    if (count < 0) {
      throw new EOFException("the server closed the connection");
    }
    return count;
  }

  private void await(int operation, long deadline, String complaint) throws IOException {
    long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException(complaint);
    }
    channel.register(selector, operation);
    selector.select(millis);
    selector.selectedKeys().clear();
  }

  private static long deadline(Duration wait) {
    return System.nanoTime() + wait.toNanos();
  }
}
