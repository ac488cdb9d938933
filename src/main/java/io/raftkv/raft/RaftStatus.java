package io.raftkv.raft;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an operator may want to know of a server's part in Raft.
 *
 * @param leader the leader it knows of, or {@link RaftNode#NOBODY}
 * @param clusterId the cluster it knows it belongs to, 0 if it knows of none
 * @param seated whether its own vote and acknowledgements count
 * @param configuration the one in force, empty before the cluster is formed
 * @param matched up to where a leader knows each member's log to be durable; empty elsewhere
 * @param formedElsewhere whether a peer belongs to a cluster that this server knows nothing of
 * @param unheard before the cluster is formed, the members that have not said anything yet
 */
public record RaftStatus(
    Role.Kind role,
    long term,
    int leader,
    long commitIndex,
    long lastIndex,
    long clusterId,
    boolean seated,
    Optional<Configuration> configuration,
    Map<Integer, Long> matched,
    boolean formedElsewhere,
    List<Integer> unheard) {
  public RaftStatus {
    matched = Map.copyOf(matched);
    unheard = List.copyOf(unheard);
  }

  static RaftStatus of(RaftNode node) {
    var membership = node.membership();
    boolean isConfigured = membership.isConfigured();
    return new RaftStatus(
        node.role().kind(),
        node.term(),
        node.leader(),
        node.commitIndex(),
        node.log().lastIndex(),
        node.standing().clusterId(),
        membership.isSeated(),
        node.log().configuration(),
        node.role().matched(),
        !isConfigured && !node.log().isFounding() && membership.hearsOfCluster(),
        isConfigured ? List.of() : membership.unheard());
  }
}
