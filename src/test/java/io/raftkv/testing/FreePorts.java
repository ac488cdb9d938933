package io.raftkv.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Ports that nobody listens on now, and that the system gives to no outgoing connection. */
public final class FreePorts {
  private static final int FIRST = 12_000;
  private static final int LAST = 32_000;

  private FreePorts() {}

  /** So many different ports of the loopback address. */
  public static List<Integer> take(int count) throws IOException {
    var random = new SplittableRandom();
    var ports = new ArrayList<Integer>();
    while (ports.size() < count) {
      int port = random.nextInt(FIRST, LAST);
      if (!ports.contains(port) && isFree(port)) {
        ports.add(port);
      }
    }
    return ports;
  }

  private static boolean isFree(int port) throws IOException {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (java.net.BindException taken) {
      return false;
    }
  }
}
