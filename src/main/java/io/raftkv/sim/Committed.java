package io.raftkv.sim;

import io.raftkv.kv.KvStore;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Entry;
import io.raftkv.raft.Message;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.SnapshotId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The log that all servers agree on, as it grows: an entry that is committed is on the disks of a
 * majority at that moment, is the same for everybody and stays for ever, and whoever has applied it
 * holds the same state (dissertation, figure 3.2).
 */
final class Committed {
  private final Marks marks;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Long> terms = new ArrayList<>();
  private final List<Long> digests = new ArrayList<>();
  private final Map<Place, Entry> seen = new HashMap<>();
  private final KvStore reference = new KvStore();
  private Optional<Configuration> configuration = Optional.empty();
  private final SeatJudge seats;
  private int keysBefore;

  /** What was told of an entry that this judge has yet to hear of. */
  private final List<Told> toldAhead = new ArrayList<>();

  private record Place(long index, long term) {}

  private record Told(int server, Message.StateDigest digest) {}

  /**
   * @param form whether a majority may form the cluster
   * @param heritage what it begins with
   */
  Committed(Marks marks, boolean form, Heritage heritage) {
    this.marks = marks;
    seats = new SeatJudge(marks, form, heritage);
    digests.add(reference.recomputedDigest());
    for (var entry : heritage.entries()) {
      entries.add(entry);
      terms.add(entry.term());
      apply(entry);
    }
  }

  /** All that is committed, from index 1. */
  List<Entry> entries() {
    return entries;
  }

  /** Two logs that hold an entry with the same index and term hold the same entry. */
  void appended(Entry entry) {
    var before = seen.putIfAbsent(new Place(entry.index(), entry.term()), entry);
    Violation.unless(
        before == null || before.equals(entry),
        "two entries at index " + entry.index() + " of term " + entry.term());
  }

  /**
   * A server says that this entry is committed; {@code copies} are the logs on all disks, {@code
   * lost} those that were on disks that are gone.
   */
  void committed(SimServer server, Entry entry, List<DurableLog> copies, List<DurableLog> lost) {
    if (entry.index() <= entries.size()) {
      Violation.unless(
          entries.get((int) entry.index() - 1).equals(entry),
          "server " + server.id() + " commits another entry at index " + entry.index());
      return;
    }
    Violation.unless(entry.index() == entries.size() + 1L, "a gap before entry " + entry.index());
    checkDurable(server.replica().raft(), entry, copies, lost);
    entries.add(entry);
    terms.add(server.replica().raft().term());
    marks.seeIf(entry.term() < server.replica().raft().term(), Mark.OLD_TERM_COMMITTED);
    apply(entry);
    boolean isMember = configuration.map(c -> c.has(server.id())).orElse(true);
    marks.seeIf(entry.kind() == Entry.Kind.CONFIGURATION && !isMember, Mark.LEADER_REMOVED);
  }

  /**
   * What a disk had promised before it was lost counts as well. A change of the configuration in
   * the same turn may have come before or after.
   */
  private static void checkDurable(
      RaftNode raft, Entry entry, List<DurableLog> copies, List<DurableLog> lost) {
    var now = raft.log().configuration().orElseThrow();
    var before = raft.snapshotAt(raft.commitIndex()).configuration();
    var holders =
        Stream.concat(copies.stream(), lost.stream()).filter(copy -> copy.holds(entry)).toList();
    Violation.unless(
        isQuorum(now, holders) || isQuorum(before, holders),
        "entry " + entry.index() + " is committed without a durable majority of " + now);
  }

  private static boolean isQuorum(Configuration configuration, List<DurableLog> holders) {
    long held =
        holders.stream()
            .filter(copy -> configuration.seats(copy.server(), copy.incarnation()))
            .map(DurableLog::server)
            .distinct()
            .count();
    return held * 2 > configuration.voters().size();
  }

  /** A server notes to which cluster it belongs: there is only one. */
  void joined(int server, long clusterId) {
    seats.joined(server, clusterId);
  }

  /** The cluster that there is, 0 before it is formed. */
  long clusterId() {
    return configuration.map(Configuration::clusterId).orElse(0L);
  }

  /** The newest committed configuration. */
  Optional<Configuration> configuration() {
    return configuration;
  }

  private void apply(Entry entry) {
    if (entry.kind() == Entry.Kind.CONFIGURATION) {
      var next = Configuration.decode(entry.command());
      configuration.ifPresentOrElse(before -> seats.judge(before, next), () -> seats.formed(next));
      configuration = Optional.of(next);
      reference.bound(next.storeBytesMax());
    }
    if (entry.kind() == Entry.Kind.COMMAND) {
      long refused = reference.refused();
      reference.apply(entry.index(), entry.time(), entry.command());
      marks.seeIf(reference.refused() > refused, Mark.STORE_FULL);
    } else {
      reference.advance(entry.index(), entry.time());
      marks.seeIf(reference.size() < keysBefore, Mark.KEY_EXPIRED);
    }
    keysBefore = reference.size();
    digests.add(reference.recomputedDigest());
    toldAhead.removeIf(told -> checkIfKnown(told, entry.index()));
  }

  /** A server tells others what it has come to, in the middle of a turn. */
  void told(int server, Message.StateDigest digest) {
    var told = new Told(server, digest);
    if (!checkIfKnown(told, digests.size() - 1)) {
      toldAhead.add(told);
    }
  }

  private boolean checkIfKnown(Told told, long known) {
    boolean isKnown = told.digest.index() <= known;
    if (isKnown) {
      checkDigest(told.server, told.digest.index(), told.digest.hash());
    }
    return isKnown;
  }

  /** Whoever has applied an index holds the state that belongs to it; returns its digest. */
  long applied(SimServer server) {
    var store = server.replica().store();
    long index = store.appliedIndex();
    long digest = store.recomputedDigest();
    checkDigest(server.id(), index, digest);
    checkDigest(server.id(), index, store.digest());
    return digest;
  }

  /** Whatever a server comes to behind an index is what belongs to it. */
  private void checkDigest(int server, long index, long digest) {
    Violation.unless(
        index < digests.size() && digest == digests.get((int) index),
        "server " + server + " holds another state at index " + index);
  }

  /** A snapshot is the state that belongs to its index. */
  void checkSnapshot(int server, SnapshotId id, KvStore store) {
    boolean isCommitted = id.index() <= entries.size();
    Violation.unless(
        isCommitted && entries.get((int) id.index() - 1).term() == id.term(),
        "server " + server + " has a snapshot of what was never committed: " + id);
    Violation.unless(
        store.recomputedDigest() == digests.get((int) id.index()),
        "server " + server + " has a snapshot of another state at index " + id.index());
  }

  /** A leader holds everything that was committed in earlier terms. */
  void elected(SimServer server, long term) {
    int last = entries.size();
    while (last > 0 && terms.get(last - 1) >= term) {
      last--;
    }
    var log = server.replica().raft().log();
    if (last > log.startIndex()) {
      var entry = entries.get(last - 1);
      Violation.unless(
          log.lastIndex() >= last && log.entry(last).equals(entry),
          "server " + server.id() + " leads term " + term + " without committed entry " + last);
    }
  }
}
