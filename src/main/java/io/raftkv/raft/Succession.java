package io.raftkv.raft;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How a leader lets another lead (dissertation 3.10): because somebody asks for it, or because its
 * own disk is nearly full or does not answer.
 */
final class Succession {
  private static final long NEVER = Long.MAX_VALUE;

  private final RaftNode node;
  private final Map<Integer, Progress> progress;
  private int successor = RaftNode.NOBODY;
  private long deadline = NEVER;
  private long lookAgainAt = Long.MIN_VALUE;

  /**
   * @param progress what the leader knows of its peers
   */
  Succession(RaftNode node, Map<Integer, Progress> progress) {
    this.node = node;
    this.progress = progress;
  }

  /** Whether a transfer is under way, during which the log takes nothing. */
  boolean isUnderWay() {
    return successor != RaftNode.NOBODY;
  }

  /** When a transfer that has not come to its end is given up. */
  long deadline() {
    return deadline;
  }

  /**
   * Gives up a transfer that takes too long, or to a server that is no member any more; the log
   * takes something for a while before the next is begun.
   */
  void judge() {
    if (node.now() >= deadline || !progress.containsKey(successor)) {
      lookAgainAt = isUnderWay() ? node.now() + timeout() : lookAgainAt;
      successor = RaftNode.NOBODY;
      deadline = NEVER;
    }
  }

  /** Begins a transfer to this peer, if it may lead. */
  void begin(int peer) {
    if (progress.containsKey(peer) && node.counts(peer)) {
      successor = peer;
      deadline = node.now() + timeout();
      goOn();
    }
  }

  /** The chosen server campaigns as soon as its log is complete. */
  void goOn() {
    var chosen = progress.get(successor);
    if (chosen != null && chosen.matchIndex() == node.log().lastIndex()) {
      node.outbox().send(successor, new Message.TimeoutNow(node.term()));
    }
  }

  /** Lets the server with the longest log campaign at once. */
  void handOver() {
    best(peer -> true).ifPresent(id -> node.outbox().send(id, new Message.TimeoutNow(node.term())));
  }

  /** If this server's disk is nearly full, lets one lead whose disk is not, if there is one. */
  void leaveShortDisk() {
    if (node.isShortOfRoom() && !isUnderWay() && node.now() >= lookAgainAt) {
      lookAgainAt = node.now() + timeout();
      best(this::isFit).ifPresent(this::begin);
    }
  }

  private boolean isFit(Progress peer) {
    return !peer.isShortOfRoom()
        && peer.matchIndex() >= node.commitIndex()
        && peer.isAlive(node.now(), node.config());
  }

  private Optional<Integer> best(Predicate<Progress> isFit) {
    return progress.entrySet().stream()
        .filter(peer -> node.counts(peer.getKey()))
        .filter(peer -> isFit.test(peer.getValue()))
        .max(Comparator.comparingLong(peer -> peer.getValue().matchIndex()))
        .map(Map.Entry::getKey);
  }

  private int timeout() {
    return node.config().electionTimeoutMillis();
  }
}
