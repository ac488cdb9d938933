package io.raftkv.config;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.stream.Stream;

/** Tells which hosts of a configuration are this machine. */
public final class LocalHosts {
  private LocalHosts() {}

  /** Whether any address of this name is one of this machine; may ask a name server, and wait. */
  public static boolean isHere(String hostname) {
    try {
      return Stream.of(InetAddress.getAllByName(hostname)).anyMatch(LocalHosts::isHere);
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static boolean isHere(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .anyMatch(address::equals);
    } catch (SocketException e) {
      return false;
    }
  }
}
