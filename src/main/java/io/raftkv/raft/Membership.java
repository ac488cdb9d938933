package io.raftkv.raft;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Who counts, as this server knows it: the log's configuration, or, until there is one, the seats
 * of the operator's file; and which incarnation of each server is talking now.
 *
 * <p>The first leader needs the votes of all, not of a majority: a server that holds the first
 * entries of a cluster refuses its vote to one that does not, and so no other cluster can form
 * beside it, whosever disk is lost meanwhile. Only the operator's word makes a majority enough;
 * then each seat stays with the incarnation first heard, so that nobody votes twice.
 */
final class Membership {
  private static final long UNHEARD = 0;

  private final RaftConfig config;
  private final RaftLog log;
  private final Map<Integer, Long> firstHeard = new TreeMap<>();
  private final Map<Integer, Long> talking = new TreeMap<>();
  private final Map<Integer, Long> talkingSince = new TreeMap<>();
  private final Map<Integer, Long> clusterIds = new TreeMap<>();

  Membership(RaftConfig config, RaftLog log) {
    this.config = config;
    this.log = log;
    heard(config.id(), config.incarnation(), 0);
    clusterIds.put(config.id(), 0L);
  }

  /** Whether the log holds a configuration. */
  boolean isConfigured() {
    return log.configuration().isPresent();
  }

  /** The configuration that counts now. */
  Configuration inForce() {
    return log.configuration().orElseGet(() -> asFirst(0));
  }

  /** What the first leader writes: a seat for each id, held by whom this server has heard. */
  Configuration asFirst(long clusterId) {
    return new Configuration(
        clusterId,
        config.storeBytesMax(),
        config.members().stream().map(id -> new Configuration.Seat(id, holder(id))).toList());
  }

  private long holder(int id) {
    return config.form() ? firstHeard.getOrDefault(id, UNHEARD) : talking(id);
  }

  /** Whether those that have voted make a leader. */
  boolean elects(IntPredicate hasVoted) {
    boolean majorityElects = isConfigured() || config.form();
    return majorityElects
        ? inForce().isQuorum(hasVoted)
        : config.members().stream().allMatch(hasVoted::test);
  }

  /** All members but this server. */
  List<Integer> peers() {
    return inForce().seats().stream()
        .map(Configuration.Seat::id)
        .filter(id -> id != config.id())
        .toList();
  }

  /** Whether this server is the only voter. */
  boolean isAlone() {
    return inForce().voters().equals(List.of(config.id()));
  }

  boolean isMember(int id) {
    return inForce().has(id);
  }

  /** Takes note of who is talking; says whether it is another incarnation than before. */
  boolean heard(int id, long incarnation, long now) {
    firstHeard.putIfAbsent(id, incarnation);
    Long before = talking.put(id, incarnation);
    boolean isAnother = before == null || before != incarnation;
    if (isAnother) {
      talkingSince.put(id, now);
    }
    return isAnother;
  }

  /**
   * Whether the holder of a seat is gone: another data directory has been talking with its id for
   * an election timeout, and the holder has not.
   */
  boolean isGone(Configuration.Seat seat, long now) {
    long other = talking(seat.id());
    return !seat.isEmpty()
        && other != UNHEARD
        && other != seat.incarnation()
        && now - talkingSince.getOrDefault(seat.id(), now) >= config.electionTimeoutMillis();
  }

  /** Takes note of what a peer said of itself when the link to it opened. */
  void heardClusterId(int id, long clusterId) {
    clusterIds.put(id, clusterId);
  }

  /** The incarnation that is talking as {@code id}, 0 if none has. */
  long talking(int id) {
    return talking.getOrDefault(id, UNHEARD);
  }

  /** Whether what is said as {@code id} now counts: it comes from whoever holds the seat. */
  boolean counts(int id) {
    return inForce().seats(id, talking(id));
  }

  /** Whether this server holds its own seat. */
  boolean isSeated() {
    return counts(config.id());
  }

  /**
   * Whether this server may become a leader at all; a cluster that is not formed needs all, and is
   * formed by whoever holds the state that it is to begin with, if anybody does. One that an entry
   * removes may still be needed to commit that entry, since it may be the only one to hold it
   * (dissertation 4.2.2). All configurations but the newest are committed, known here or not: no
   * change is made before that.
   */
  boolean mayCampaign(long clusterId, long commitIndex) {
    if (isConfigured()) {
      return isSeated()
          || log.configurationAt(Math.max(commitIndex, log.configurationIndex() - 1))
              .map(committed -> committed.seats(config.id(), config.incarnation()))
              .orElse(false);
    }
    if (clusterId == 0 ? hearsOfCluster() : !log.isFounding()) {
      return false;
    }
    return config.form() ? inForce().isQuorum(clusterIds::containsKey) : unheard().isEmpty();
  }

  /** Whether anybody belongs to a cluster. */
  boolean hearsOfCluster() {
    return clusterIds.values().stream().anyMatch(id -> id != 0);
  }

  /** The members that have not yet said whether their disks are empty. */
  List<Integer> unheard() {
    return config.members().stream().filter(id -> !clusterIds.containsKey(id)).toList();
  }
}
