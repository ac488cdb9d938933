package io.raftkv.testing;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A blocking client that speaks the protocol as a person with {@code nc} would. */
public final class TestClient implements Closeable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;

  /** Connects to a port of this machine. */
  public TestClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends text as it is. */
  public TestClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends no more, and goes on listening. */
  public TestClient finishSending() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** The next line without its end. */
  public String line() throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after: " + line);
      }
      line.append((char) b);
    }
    if (line.length() == 0 || line.charAt(line.length() - 1) != '\r') {
      throw new IOException("a line that does not end in CRLF: " + line);
    }
    return line.substring(0, line.length() - 1);
  }

  /** The next reply, a value's bytes behind a space. */
  public String reply() throws IOException {
    var line = line();
    if (!line.startsWith("VALUE ")) {
      return line;
    }
    int bytes = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
    var value = new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
    line();
    return line + " " + value;
  }

  /** Asks, and waits for the reply. */
  public String ask(String request) throws IOException {
    return send(request + "\r\n").reply();
  }

  /** Stores a value, and waits for the reply. */
  public String set(String key, String value) throws IOException {
    return ask("set " + key + " 0 " + value.length() + "\r\n" + value);
  }

  /** The value of a key, or the error. */
  public String get(String key) throws IOException {
    var reply = ask("get " + key);
    return reply.startsWith("VALUE ") ? reply.substring(reply.indexOf(' ', 6) + 1) : reply;
  }

  /** Whether nothing at all arrives for so long. */
  public boolean isSilentFor(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      in.mark(1);
      in.read();
      return false;
    } catch (java.net.SocketTimeoutException silence) {
      return true;
    } finally {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  /** Whether the server has closed the connection, with nothing more to read. */
  public boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
