package io.raftkv.tools;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * Addresses as {@code /proc/net/tcp} writes them: {@code 0100007F:1F40} is 127.0.0.1, port 8000.
 * The address is printed in words of 32 bits in this machine's byte order, which is little-endian
 * on all that Linux and Java run on together, save s390x.
 */
final class SocketTable {
  private static final int HEX = 16;
  private static final int WORD = 4;
  private static final int IPV4_TAIL = 12;

  private SocketTable() {}

  /**
   * Whether a connection to {@code address} and {@code port} reaches a socket bound to {@code
   * local}.
   */
  static boolean isReached(String local, InetAddress address, int port) {
    int colon = local.indexOf(':');
    if (colon < 0 || Integer.parseInt(local.substring(colon + 1), HEX) != port) {
      return false;
    }
    var bound = withoutMapping(bytes(local.substring(0, colon)));
    return isWildcard(bound) || Arrays.equals(bound, address.getAddress());
  }

  private static byte[] bytes(String hex) {
    var bytes = new byte[hex.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      int place = i / WORD * WORD + (WORD - 1 - i % WORD);
      bytes[place] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), HEX);
    }
    return bytes;
  }

  /** The IPv4 address in an IPv6 one of the form {@code ::ffff:a.b.c.d}. */
  private static byte[] withoutMapping(byte[] bytes) {
    if (bytes.length <= IPV4_TAIL || bytes[10] != -1 || bytes[11] != -1) {
      return bytes;
    }
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return bytes;
      }
    }
    return Arrays.copyOfRange(bytes, IPV4_TAIL, bytes.length);
  }

  private static boolean isWildcard(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
