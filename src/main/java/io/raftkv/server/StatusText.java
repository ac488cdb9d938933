package io.raftkv.server;

import io.raftkv.bus.OperatorReply;
import io.raftkv.raft.Configuration;
import io.raftkv.replica.ReplicaStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a server says of itself to an operator's tool, a word and its values a line:
 *
 * <pre>
 *   ok
 *   server 2, role leader, term 4, leader 2, cluster 9f3a…, serving true
 *   applied INDEX, last INDEX, keys N, bytes N, bound-max N, bound N
 *   member ID voter|learner INCARNATION HELD      one line each
 * </pre>
 *
 * bound-max is the highest bound that the server's heap can live with. HELD is the entry up to
 * which the leader knows the member's log to be durable, -1 elsewhere.
 */
final class StatusText {
  private static final long UNKNOWN = -1;

  private StatusText() {}

  static String of(int id, ReplicaStatus status, long boundMax) {
    var raft = status.raft();
    var lines = new ArrayList<String>();
    lines.add(OperatorReply.OK);
    lines.add("server " + id);
    lines.add("role " + raft.role().name().toLowerCase(Locale.ROOT));
    lines.add("term " + raft.term());
    lines.add("leader " + raft.leader());
    lines.add("cluster " + Long.toHexString(raft.clusterId()));
    lines.add("serving " + status.serving());
    lines.add("applied " + status.appliedIndex());
    lines.add("last " + raft.lastIndex());
    lines.add("keys " + status.keys());
    lines.add("bytes " + status.storeBytes());
    lines.add("bound-max " + boundMax);
    raft.configuration().ifPresent(configuration -> addMembers(lines, configuration, status));
    return String.join("\n", lines);
  }

  private static void addMembers(
      List<String> lines, Configuration configuration, ReplicaStatus status) {
    lines.add("bound " + configuration.storeBytesMax());
    for (var seat : configuration.seats()) {
      var kind = seat.isVoter() ? "voter" : "learner";
      long held = status.raft().matched().getOrDefault(seat.id(), UNKNOWN);
      lines.add("member %d %s %x %d".formatted(seat.id(), kind, seat.incarnation(), held));
    }
  }
}
