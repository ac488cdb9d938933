package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KvClientTest {
  private static final Duration SHORT = Duration.ofMillis(100);

  @Test
  void repliesAreReadInTheirOrder() throws IOException {
    try (var peer = new Peer("OK 7\r\nVALUE 4\r\na\r\nb\r\nVALUE 9 0 0\r\n\r\nERR_NOT_FOUND\r\n")) {
      assertEquals(7, peer.client.receive().version());
      assertEquals(new Answer("VALUE 4", Bytes.utf8("a\r\nb")), peer.client.receive());
      assertEquals(9, peer.client.receive().version());
      assertEquals(Answer.of("ERR_NOT_FOUND"), peer.client.receive());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"OK 7\n", "VALUE 1\r\nab\r\n", "VALUE x\r\n", "VALUE 1\r\na\n"})
  void aReplyThatBreaksTheProtocolIsRefused(String reply) throws IOException {
    try (var peer = new Peer(reply)) {
      assertThrows(ProtocolException.class, peer.client::receive);
    }
  }

  @Test
  void noWaitIsLongerThanWasSaid() throws IOException {
    try (var peer = new Peer("")) {
      var large = Bytes.wrap(new byte[32 << 20]);

      assertEquals(Optional.empty(), peer.client.overheard(SHORT));
      assertThrows(SocketTimeoutException.class, peer.client::receive);
      assertThrows(SocketTimeoutException.class, () -> peer.client.send(large));
    }
  }

  @Test
  void theEndOfTheConnectionIsHeard() throws IOException {
    try (var peer = new Peer("")) {
      peer.closeSending();

      var heard = peer.client.overheard(SHORT);

      assertTrue(heard.orElse("").startsWith("the end of the connection"));
    }
  }

  /** A server that says one thing and reads nothing. */
  private static final class Peer implements Closeable {
    private final ServerSocket listener =
        new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    private final KvClient client = KvClient.connect("127.0.0.1", listener.getLocalPort(), SHORT);
    private final Socket socket = listener.accept();

    Peer(String says) throws IOException {
      socket.getOutputStream().write(says.getBytes(StandardCharsets.UTF_8));
    }

    void closeSending() throws IOException {
      socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
      client.close();
      socket.close();
      listener.close();
    }
  }
}
