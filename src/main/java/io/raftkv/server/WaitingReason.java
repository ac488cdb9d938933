package io.raftkv.server;

import io.raftkv.raft.RaftNode;
import io.raftkv.replica.ReplicaStatus;
import java.util.stream.Collectors;

/** Says what a server waits for before it can serve, once for each reason. */
final class WaitingReason {
  private final int id;
  private final ServerListener listener;
  private String said = "";

  WaitingReason(int id, ServerListener listener) {
    this.id = id;
    this.listener = listener;
  }

  void check(ReplicaStatus status) {
    var reason = reason(status);
    if (!reason.equals(said) && !reason.isEmpty()) {
      listener.waiting(reason);
    }
    said = reason;
  }

  private String reason(ReplicaStatus status) {
    var raft = status.raft();
    if (!raft.unheard().isEmpty() && raft.leader() == RaftNode.NOBODY) {
      var silent = raft.unheard().stream().map(String::valueOf).collect(Collectors.joining(", "));
      return "cluster not formed: no answer from servers "
          + silent
          + "; start them, or form without them with --form";
    }
    if (raft.leader() == RaftNode.NOBODY && raft.lastIndex() == 0) {
      return "cluster not formed: the first leader needs the votes of all servers; start those that"
          + " are down, or form without them with --form";
    }
    if (raft.leader() == RaftNode.NOBODY) {
      return "no leader: server " + id + " waits for a majority of the servers";
    }
    if (status.serving() && !raft.seated()) {
      return "server "
          + id
          + " holds no seat yet: it was held with another data directory; it serves clients, but"
          + " neither votes nor counts for a majority";
    }
    return status.serving() ? "" : "server " + id + " is catching up";
  }
}
