package io.raftkv.transport;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** One connection to a log port, frame by frame as a test wants it. */
final class PeerByHand implements Closeable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final FrameDecoder decoder = new FrameDecoder(1 << 20);

  PeerByHand(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  void request(String words) throws IOException {
    send(Frame.of(Frame.Type.REQUEST, StandardCharsets.UTF_8.encode(words)));
  }

  /** The next frame. */
  Frame next() throws IOException, WireException {
    for (var frame = decoder.next(); ; frame = decoder.next()) {
      if (frame.isPresent()) {
        return frame.get();
      }
      var bytes = socket.getInputStream().readNBytes(1);
      if (bytes.length == 0) {
        throw new EOFException("hung up");
      }
      decoder.add(bytes);
    }
  }

  Hello hello() throws IOException, WireException {
    return Hello.decode(next().payload());
  }

  /** Whether something has come that was not read yet. */
  boolean hasInput() throws IOException {
    return socket.getInputStream().available() > 0;
  }

  /** Whether the other side hangs up without another word. */
  boolean isHungUpOn() throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
