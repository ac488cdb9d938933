package io.raftkv.server;

import io.raftkv.raft.Configuration;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.RaftStatus;
import io.raftkv.replica.ReplicaStatus;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Says what a server waits for before it can serve, once for each reason. To form a cluster without
 * some of its servers is dangerous if these have data, and most that do not answer are only slow to
 * start: so that is advised only when they have been silent for long.
 */
final class WaitingReason {
  /** How long the others are waited for before {@code --form} is spoken of. */
  static final Duration LONG = Duration.ofSeconds(30);

  private final int id;
  private final List<Integer> fileIds;
  private final ServerListener listener;
  private String said = "";
  private OptionalLong unformedSince = OptionalLong.empty();

  /**
   * @param fileIds the servers that this one's file names
   */
  WaitingReason(int id, List<Integer> fileIds, ServerListener listener) {
    this.id = id;
    this.fileIds = fileIds.stream().sorted().toList();
    this.listener = listener;
  }

  /**
   * Looks at the server once more.
   *
   * @param nowNanos as of {@link System#nanoTime}
   */
  void check(ReplicaStatus status, long nowNanos) {
    var reason = reason(status, nowNanos);
    if (!reason.equals(said) && !reason.isEmpty()) {
      listener.waiting(reason);
    }
    said = reason;
  }

  private String reason(ReplicaStatus status, long nowNanos) {
    var raft = status.raft();
    boolean hasLeader = raft.leader() != RaftNode.NOBODY;
    if (!hasLeader && raft.configuration().isEmpty()) {
      unformedSince = OptionalLong.of(unformedSince.orElse(nowNanos));
      boolean isLong = nowNanos - unformedSince.getAsLong() >= LONG.toNanos();
      return notFormed(raft, isLong);
    }
    unformedSince = OptionalLong.empty();
    if (isRemoved(raft)) {
      return "server " + id + " is no member of the cluster any more: stop it";
    }
    if (!hasLeader) {
      return "no leader: server " + id + " waits for a majority of the servers";
    }
    return status.serving() ? standing(raft) : "server " + id + " is catching up";
  }

  private String notFormed(RaftStatus raft, boolean isLong) {
    if (raft.formedElsewhere() && !raft.unheard().isEmpty()) {
      return "server %d is in no cluster, and hears of one: if it is to be formed with this server,"
              .formatted(id)
          + " start "
          + unheard(raft)
          + ", too; else add it with ./run.sh member add "
          + id;
    }
    if (raft.formedElsewhere()) {
      return "a cluster is formed without server %d: add it with ./run.sh member add %d"
          .formatted(id, id);
    }
    if (!raft.unheard().isEmpty()) {
      var them = raft.unheard().size() == 1 ? "it" : "them";
      return "cluster not formed: no answer from "
          + unheard(raft)
          + "; start "
          + them
          + (isLong ? form(them) : "");
    }
    return "cluster not formed: the first leader needs the votes of all servers; start those that"
        + " are down"
        + (isLong ? form("them") : "");
  }

  private static String form(String them) {
    var whose = them.equals("it") ? "it has no data" : "none of them has data";
    return ", or form without " + them + " with --form if you are sure that " + whose;
  }

  private static String unheard(RaftStatus raft) {
    var ids = raft.unheard().stream().map(String::valueOf).collect(Collectors.joining(", "));
    return (raft.unheard().size() == 1 ? "server " : "servers ") + ids;
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
