package io.raftkv.transport;

import io.raftkv.bus.OperatorReply;
import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * An operator's tool's connection to the log port of one server. It blocks, and is for tools alone.
 */
public final class OperatorClient implements AutoCloseable {
  private static final int READ_BYTES = 64 << 10;

  private final Socket socket;
  private final FrameDecoder decoder = new FrameDecoder(Frame.PAYLOAD_BYTES_MAX);
  private final byte[] bytes = new byte[READ_BYTES];

  /** Takes the bytes of a snapshot's file, in order. */
  public interface Sink {
    /**
     * @param total how many bytes there will be in all
     */
    void write(ByteBuffer chunk, long total);
  }

  private OperatorClient(Socket socket) {
    this.socket = socket;
  }

  /**
   * Connects and introduces itself.
   *
   * @param timeoutMillis how long to wait for the connection, and then for each answer, or sign of
   *     life of a server that writes a snapshot
   * @throws IOException if there is no such server, or it does not take commands from here
   */
  public static OperatorClient connect(ServerConfig server, int timeoutMillis) throws IOException {
    var socket = new Socket();
    try {
      var address = InetAddress.getByName(server.hostname());
      if (!address.isAnyLocalAddress()) {
        socket.bind(new InetSocketAddress(localFor(address), 0));
      }
      socket.connect(new InetSocketAddress(address, server.logPort()), timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      var client = new OperatorClient(socket);
      client.introduce(server.id());
      return client;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** A server of this machine is called from its own address, by which it knows that. */
  private static InetAddress localFor(InetAddress address) throws IOException {
    boolean isOwn = NetworkInterface.getByInetAddress(address) != null;
    return isOwn ? address : new InetSocketAddress(0).getAddress();
  }

  private void introduce(int id) throws IOException {
    var hello = decodeHello(expect(Frame.Type.HELLO));
    if (hello.from() != id) {
      throw new IOException("it is server " + hello.from() + ", not server " + id);
    }
    send(Hello.ofOperator(id, hello.nonce()).frame(Frame.Type.OPERATOR_HELLO));
    expect(Frame.Type.WELCOME);
  }

  private static Hello decodeHello(Frame frame) throws IOException {
    try {
      return Hello.decode(frame.payload());
    } catch (WireException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Asks for something in words, and returns the lines of the answer behind the first.
   *
   * @throws OperatorRefusal if the server refuses, and says why
   * @throws IOException if the connection ends or the answer does not come in time
   */
  public List<String> ask(String words) throws IOException, OperatorRefusal {
    send(Frame.of(Frame.Type.REQUEST, StandardCharsets.UTF_8.encode(words)));
    var text = StandardCharsets.UTF_8.decode(expect(Frame.Type.REPLY).payload()).toString();
    if (text.startsWith(OperatorReply.REFUSED)) {
      throw new OperatorRefusal(text.substring(OperatorReply.REFUSED.length()));
    }
    var lines = text.lines().toList();
    return lines.subList(1, lines.size());
  }

  /** Has the server take a snapshot of what it has applied, and fetches its file. */
  public void fetchSnapshot(Sink sink) throws IOException, OperatorRefusal {
    ask("snapshot");
    long total = decodeOffer(expect(Frame.Type.OFFER));
    send(Frame.of(Frame.Type.WANT, ByteBuffer.allocate(Long.BYTES)));
    long received = 0;
    while (received < total) {
      var chunk = expect(Frame.Type.CHUNK).payload();
      if (chunk.getLong() != received) {
        throw new IOException("bytes of the snapshot do not follow those before");
      }
      received += chunk.remaining();
      sink.write(chunk, total);
    }
  }

  private static long decodeOffer(Frame frame) throws IOException {
    try {
      return Offer.decode(frame.payload()).bytes();
    } catch (WireException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private Frame expect(Frame.Type type) throws IOException {
    try {
      while (true) {
        var frame = decoder.next();
        if (frame.isEmpty()) {
          read();
        } else if (frame.get().type() == type) {
          return frame.get();
        } else if (frame.get().type() != Frame.Type.PONG
            && frame.get().type() != Frame.Type.IDENTITY) {
          throw new IOException("it says " + frame.get().type() + " instead of " + type);
        }
      }
    } catch (WireException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void read() throws IOException {
    int count = socket.getInputStream().read(bytes);
    if (count < 0) {
      throw new IOException("it hangs up: its log says why");
    }
    decoder.add(Arrays.copyOf(bytes, count));
  }

  private void send(byte[] frame) throws IOException {
    socket.getOutputStream().write(frame);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more either way.
    }
  }
}
