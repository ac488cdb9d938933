package io.raftkv.sim;

import io.raftkv.raft.RaftLog;
import io.raftkv.raft.RaftNode;

/**
 * Judges how a restored cluster comes to be: whoever holds the state gives no vote to anybody who
 * does not, and without it no cluster forms but by the operator's word, which makes a majority
 * enough. Then the state's server is left alone with it, as is promised, and the run has nothing
 * more to show.
 */
final class FoundingJudge {
  private final World world;
  private final Heritage heritage;
  private boolean forgone;

  FoundingJudge(World world) {
    this.world = world;
    heritage = world.heritage();
  }

  /** Whether a cluster has been formed without the state. */
  boolean isForgone() {
    return forgone;
  }

  private boolean isForming() {
    return heritage.isThere() && world.observer().committed().configuration().isEmpty();
  }

  /** A server writes its vote. */
  void voting(SimServer server, int candidate) {
    boolean mayMatter = candidate != RaftNode.NOBODY && candidate != server.id();
    if (isForming() && server.id() == heritage.founder() && mayMatter) {
      Violation.unless(
          hasHeldState(candidate),
          "server " + server.id() + " votes for " + candidate + ", which does not hold the state");
    }
  }

  /** A disk that is gone since may have held it when its server asked. */
  private boolean hasHeldState(int server) {
    return world.observer().disksOf(server).stream().anyMatch(disk -> disk.holds(heritage.last()));
  }

  /**
   * A server was elected; returns whether it leads the cluster that this run is about. If not, the
   * run ends here.
   */
  boolean elected(SimServer leader) {
    if (!isForming() || holdsState(leader.replica().raft().log())) {
      return true;
    }
    Violation.unless(
        world.conditions().form(),
        "server " + leader.id() + " forms a cluster without the state of " + heritage.founder());
    boolean wasServed = world.clients().operations().stream().anyMatch(ClientOperation::isKnown);
    Violation.unless(!wasServed, "a client was served before the cluster was formed");
    forgone = true;
    world.timeline().stop();
    return false;
  }

  /** A leader of empty servers has an entry of its own where a short state ends. */
  private boolean holdsState(RaftLog log) {
    long last = heritage.lastIndex();
    return log.startIndex() >= last
        || (log.lastIndex() >= last && log.entry(last).equals(heritage.last()));
  }
}
