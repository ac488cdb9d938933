package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListeningProcessTest {
  @Test
  void thisProcessIsFoundByThePortItListensOn() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = socket.getLocalPort();

      assertEquals(
          Optional.of(ProcessHandle.current().pid()), ListeningProcess.find("localhost", port));
      assertEquals(Optional.empty(), ListeningProcess.find("127.0.0.2", port));
    }
  }

  @Test
  void aProcessThatListensOnAllAddressesIsFoundByAnyOfThem() throws IOException {
    try (var socket = new ServerSocket(0)) {
      var found = ListeningProcess.find("127.0.0.1", socket.getLocalPort());

      assertEquals(Optional.of(ProcessHandle.current().pid()), found);
    }
  }

  @Test
  void aPortThatNobodyListensOnHasNoProcess() throws IOException {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }

    assertEquals(Optional.empty(), ListeningProcess.find("localhost", port));
  }

  @Test
  void addressesAreReadAsLinuxWritesThem() throws IOException {
    var loopback = InetAddress.getByName("127.0.0.1");
    var loopback6 = InetAddress.getByName("::1");

    assertTrue(SocketTable.isReached("0100007F:1F40", loopback, 8000));
    assertTrue(SocketTable.isReached("00000000:1F40", loopback, 8000));
    assertTrue(SocketTable.isReached("0000000000000000FFFF00000100007F:1F40", loopback, 8000));
    assertTrue(SocketTable.isReached("00000000000000000000000001000000:1F40", loopback6, 8000));
    assertFalse(SocketTable.isReached("0100007F:1F41", loopback, 8000));
    assertFalse(SocketTable.isReached("0200007F:1F40", loopback, 8000));
    assertFalse(SocketTable.isReached("00000000000000000000000001000000:1F40", loopback, 8000));
  }
}
