package io.raftkv.sim;

import io.raftkv.raft.Configuration;
import io.raftkv.raft.Entry;
import io.raftkv.raft.RaftLog;
import java.util.ArrayList;
import java.util.List;

/** Who is a member of the cluster, as far as that is committed, and who may come to be one. */
final class Seats {
  private final World world;
  private final Committed committed;
  private final List<DurableLog> durable;

  /**
   * @param durable what each server has on its disk; it changes
   */
  Seats(World world, Committed committed, List<DurableLog> durable) {
    this.world = world;
    this.committed = committed;
    this.durable = durable;
  }

  /** Whether a server is one of the cluster's, as far as is committed. */
  boolean isMember(int server) {
    return committed
        .configuration()
        .map(c -> c.has(server))
        .orElse(server < world.conditions().servers());
  }

  /** Whether a server's disk holds its seat, as far as is committed; all do before that. */
  boolean isSeated(int server) {
    return committed
        .configuration()
        .map(c -> c.seats(server, durable.get(server).incarnation()))
        .orElse(true);
  }

  /**
   * The newest committed configuration, and all that may come after it: those that lie behind what
   * is committed on any disk or in any memory. Empty before the cluster is formed.
   */
  List<Configuration> configurations() {
    var all = new ArrayList<Configuration>();
    committed.configuration().ifPresent(all::add);
    durable.forEach(disk -> all.addAll(disk.configurationsBehind(committed.entries().size())));
    world.servers().stream()
        .filter(SimServer::isUp)
        .map(server -> server.replica().raft().log())
        .flatMap(log -> log.slice(behindCommitted(log), log.lastIndex()).stream())
        .filter(entry -> entry.kind() == Entry.Kind.CONFIGURATION)
        .forEach(entry -> all.add(Configuration.decode(entry.command())));
    return all;
  }

  private long behindCommitted(RaftLog log) {
    return Math.max(log.startIndex(), committed.entries().size()) + 1;
  }

  /** Whether every voter holds its seat with the disk that it has now, whatever becomes of it. */
  boolean isWhole() {
    return committed.configuration().isPresent()
        && configurations().stream().allMatch(this::isHeld);
  }

  /** Whether the cluster can do without one disk, that of a learner about to vote, too. */
  boolean survivesLoss() {
    boolean isFormed = committed.configuration().isPresent();
    return isFormed
        ? configurations().stream().allMatch(c -> c.voters().size() >= 3)
        : world.conditions().servers() >= 3;
  }

  private boolean isHeld(Configuration configuration) {
    return configuration.voters().stream()
        .allMatch(id -> configuration.seats(id, durable.get(id).incarnation()));
  }
}
