package io.raftkv.config;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Reason;
import java.net.BindException;
import java.net.UnknownHostException;

/**
 * One server of a {@link ClusterConfig}.
 *
 * @param id from 0 to 2^31-1, the server's identity
 * @param hostname where it listens and where others find it
 * @param clientPort 1 to 65535, for clients
 * @param logPort 1 to 65535, for its peers
 */
public record ServerConfig(int id, String hostname, int clientPort, int logPort) {
  /** Why the server cannot listen on {@link #clientPort}. */
  public Failure cannotServeClients(Throwable cause) {
    return cannotListen(clientPort, "clients", "ClientPort", cause);
  }

  /** Why the server cannot listen on {@link #logPort}. */
  public Failure cannotServePeers(Throwable cause) {
    return cannotListen(logPort, "its peers", "LogPort", cause);
  }

  private Failure cannotListen(int port, String whom, String key, Throwable cause) {
    boolean taken =
        cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use");
    return new Failure(
        taken ? ExitStatus.PORT_TAKEN : ExitStatus.CONFIGURATION,
        "server %d cannot listen on %s:%d for %s: %s; %s"
            .formatted(
                id,
                hostname,
                port,
                whom,
                why(cause),
                taken ? "stop what uses it or change " + key : "correct Hostname or " + key),
        cause);
  }

  private static String why(Throwable cause) {
    return cause instanceof UnknownHostException
        ? "no address of this host is known"
        : Reason.of(cause);
  }
}
