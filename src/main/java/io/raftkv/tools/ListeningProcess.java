package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds the process that listens on a port of this machine: on Linux by {@code /proc} alone, where
 * {@code /proc/net/tcp} and {@code tcp6} give the inode of a listening socket and {@code
 * /proc/PID/fd} tells who holds it; elsewhere by {@code lsof}.
 */
public final class ListeningProcess {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTEN = "0A";
  private static final int LSOF_SECONDS_MAX = 10;

  private ListeningProcess() {}

  /**
   * The id of the process that accepts connections to {@code hostname:port}, empty if there is none
   * that this user may see.
   *
   * @throws Failure if {@code hostname} is unknown, or this system offers no way to find out
   */
  public static Optional<Long> find(String hostname, int port) {
    if (Files.isReadable(PROC.resolve("net/tcp"))) {
      return holder(sockets(address(hostname), port));
    }
    return byLsof(port);
  }

  private static InetAddress address(String hostname) {
    try {
      return InetAddress.getByName(hostname);
    } catch (UnknownHostException unknown) {
      throw new Failure(
          ExitStatus.CONFIGURATION,
          "no such host: " + hostname + "; correct its Hostname",
          unknown);
    }
  }

  /** The inodes of the sockets that listen on this port, at this address or at all. */
  private static Set<String> sockets(InetAddress address, int port) {
    var inodes = new HashSet<String>();
    for (var table : List.of("net/tcp", "net/tcp6")) {
      for (var line : lines(PROC.resolve(table))) {
        var fields = line.strip().split("\\s+", -1);
        if (fields.length > 9
            && fields[3].equals(LISTEN)
            && SocketTable.isReached(fields[1], address, port)) {
          inodes.add("socket:[" + fields[9] + "]");
        }
      }
    }
    return inodes;
  }

  private static List<String> lines(Path table) {
    try {
      return Files.readAllLines(table, StandardCharsets.US_ASCII);
    } catch (IOException absent) {
      // A machine without IPv6 has no tcp6.
      return List.of();
    }
  }

  private static Optional<Long> holder(Set<String> sockets) {
    if (sockets.isEmpty()) {
      return Optional.empty();
    }
    try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (var process : processes) {
        if (holds(process, sockets)) {
          return Optional.of(Long.parseLong(process.getFileName().toString()));
        }
      }
      return Optional.empty();
    } catch (IOException failure) {
      throw new UncheckedIOException("/proc cannot be read", failure);
    }
  }

  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (var descriptor : descriptors) {
        if (isOneOf(descriptor, sockets)) {
          return true;
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
      // It ended while we looked, or it belongs to another user.
    }
    return false;
  }

  private static boolean isOneOf(Path descriptor, Set<String> sockets) {
    try {
      return sockets.contains(Files.readSymbolicLink(descriptor).toString());
    } catch (IOException closed) {
      return false;
    }
  }

  private static Optional<Long> byLsof(int port) {
    try {
      var command = List.of("lsof", "-nP", "-t", "-iTCP:" + port, "-sTCP:LISTEN");
      var process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      if (!process.waitFor(LSOF_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return output.lines().findFirst().map(line -> Long.parseLong(line.strip()));
    } catch (IOException absent) {
      throw new Failure(
          ExitStatus.UNEXPECTED,
          "there is neither /proc nor lsof to find servers by; give --kill-command or --no-kill",
          absent);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
