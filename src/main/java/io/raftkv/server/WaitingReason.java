package io.raftkv.server;

import io.raftkv.raft.Configuration;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.RaftStatus;
import io.raftkv.replica.ReplicaStatus;
import java.util.List;
import java.util.stream.Collectors;

/** Says what a server waits for before it can serve, once for each reason. */
final class WaitingReason {
  private final int id;
  private final List<Integer> fileIds;
  private final ServerListener listener;
  private String said = "";

  /**
   * @param fileIds the servers that this one's file names
   */
  WaitingReason(int id, List<Integer> fileIds, ServerListener listener) {
    this.id = id;
    this.fileIds = fileIds.stream().sorted().toList();
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
    boolean hasLeader = raft.leader() != RaftNode.NOBODY;
    if (!hasLeader && raft.configuration().isEmpty()) {
      return notFormed(raft);
    }
    if (isRemoved(raft)) {
      return "server " + id + " is no member of the cluster any more: stop it";
    }
    if (!hasLeader) {
      return "no leader: server " + id + " waits for a majority of the servers";
    }
    return status.serving() ? standing(raft) : "server " + id + " is catching up";
  }

  private String notFormed(RaftStatus raft) {
    if (raft.formedElsewhere() && !raft.unheard().isEmpty()) {
      return "server %d is in no cluster, and hears of one: if it is to be formed with this server,"
              .formatted(id)
          + " start servers "
          + silent(raft)
          + ", too; else add it with ./run.sh member add "
          + id;
    }
    if (raft.formedElsewhere()) {
      return "a cluster is formed without server %d: add it with ./run.sh member add %d"
          .formatted(id, id);
    }
    if (!raft.unheard().isEmpty()) {
      return "cluster not formed: no answer from servers "
          + silent(raft)
          + "; start them, or form without them with --form";
    }
    return "cluster not formed: the first leader needs the votes of all servers; start those that"
        + " are down, or form without them with --form";
  }

  private static String silent(RaftStatus raft) {
    return raft.unheard().stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private boolean isRemoved(RaftStatus raft) {
    return raft.configuration().map(now -> !now.has(id)).orElse(false);
  }

  /** What is worth knowing of a server that serves. */
  private String standing(RaftStatus raft) {
    var members =
        raft.configuration().map(Configuration::seats).orElse(List.of()).stream()
            .map(Configuration.Seat::id)
            .toList();
    if (raft.configuration().flatMap(now -> now.seat(id)).map(s -> !s.isVoter()).orElse(false)) {
      return "server " + id + " is a learner: it serves clients, and does not vote";
    }
    if (!raft.seated()) {
      return "server "
          + id
          + " holds no seat yet: it was held with another data directory; it serves clients, but"
          + " neither votes nor counts for a majority";
    }
    return members.equals(fileIds)
        ? ""
        : "the file of server %d names the servers %s, the cluster has the members %s: what the"
                .formatted(id, fileIds, members)
            + " cluster says counts; correct the file";
  }
}
