package io.raftkv.sim;

import io.raftkv.raft.Configuration;
import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one server has made durable, kept outside of it: what it may claim, and what it must find
 * again after a crash.
 */
final class DurableLog implements LogRecord.Handler {
  private final int server;
  private final ArrayDeque<LogRecord> unforced = new ArrayDeque<>();
  private final List<Entry> entries = new ArrayList<>();
  private final Written written = new Written();
  private final Map<Long, Integer> votes = new HashMap<>();

  /** The snapshots that have been begun on this disk, finished or not. */
  private final Set<SnapshotId> snapshots = new HashSet<>();

  private long before;
  private long beforeTerm;
  private long term;
  private int votedFor = RaftNode.NOBODY;
  private long clusterId;
  private long incarnation;
  private int installs;

  DurableLog(int server) {
    this.server = server;
  }

  int server() {
    return server;
  }

  /** Which data directory this is, 0 until it has been opened once. */
  long incarnation() {
    return incarnation;
  }

  /**
   * This disk takes the place of one that belonged to a cluster, and says so from the beginning.
   */
  void rejoins(long cluster) {
    clusterId = cluster;
  }

  /** The cluster that it knows it belongs to, 0 if it knows of none. */
  long clusterId() {
    return clusterId;
  }

  /** The disk holds a state from the beginning, with which a cluster is to begin. */
  void restored(Snapshot founding) {
    savingSnapshot(founding.id());
    install(founding);
    installs = 0;
  }

  /** What is durable now; what is under way is not in it. */
  DurableLog copy() {
    var copy = new DurableLog(server);
    copy.entries.addAll(entries);
    copy.snapshots.addAll(snapshots);
    copy.votes.putAll(votes);
    copy.before = before;
    copy.beforeTerm = beforeTerm;
    copy.term = term;
    copy.votedFor = votedFor;
    copy.clusterId = clusterId;
    copy.incarnation = incarnation;
    return copy;
  }

  /** What this disk said before it went back to this copy of it is still held against it. */
  void remembersVotesOf(DurableLog later) {
    votes.putAll(later.votes);
  }

  /**
   * Whether a server with this disk keeps all that one with the other has promised: it gives no
   * vote that the other would refuse. A log that ends with a later leader's entry has all of that
   * leader's entries, and so all that was committed before.
   */
  boolean keepsPromisesOf(DurableLog other) {
    boolean keepsVote = term > other.term || (term == other.term && votedFor == other.votedFor);
    boolean keepsLog =
        lastTerm() > other.lastTerm()
            || (lastTerm() == other.lastTerm() && lastIndex() >= other.lastIndex());
    return keepsVote && keepsLog;
  }

  private long lastTerm() {
    return entries.isEmpty() ? beforeTerm : entries.get(entries.size() - 1).term();
  }

  void writing(List<LogRecord> records) {
    unforced.addAll(records);
    records.forEach(record -> record.dispatch(written));
  }

  /** This snapshot may be found from now on. */
  void savingSnapshot(SnapshotId id) {
    snapshots.add(id);
  }

  /** How many terms the entries had that were cut off by the last write that cut any. */
  int termsCut() {
    return written.termsCut;
  }

  /** The terms of all entries that were written, durable or not. */
  private static final class Written implements LogRecord.Handler {
    private final List<Long> terms = new ArrayList<>();
    private long before;
    private int termsCut;

    @Override
    public void onAppend(LogRecord.Append append) {
      append.entries().forEach(entry -> terms.add(entry.term()));
    }

    @Override
    public void onTruncateSuffix(LogRecord.TruncateSuffix truncate) {
      var cut = terms.subList((int) (truncate.fromIndex() - before) - 1, terms.size());
      termsCut = (int) cut.stream().distinct().count();
      cut.clear();
    }

    @Override
    public void onVote(LogRecord.Vote vote) {}

    @Override
    public void onJoined(LogRecord.Joined joined) {}

    @Override
    public void onStartAfter(LogRecord.StartAfter startAfter) {
      before = startAfter.snapshot().index();
      terms.clear();
    }
  }

  /** The oldest records that were written are durable. */
  void written(int records) {
    for (int i = 0; i < records; i++) {
      unforced.removeFirst().dispatch(this);
    }
  }

  int unforced() {
    return unforced.size();
  }

  /** Whether a vote has been written that is not yet durable. */
  boolean isVoteUnderWay() {
    return unforced.stream().anyMatch(LogRecord.Vote.class::isInstance);
  }

  long term() {
    return term;
  }

  /** Whether the vote of this term is durable, and this candidate's. */
  boolean hasVoted(long inTerm, int candidate) {
    return votes.getOrDefault(inTerm, RaftNode.NOBODY) == candidate;
  }

  /** Whether the log holds exactly this entry, or a snapshot covers it. */
  boolean holds(Entry entry) {
    return entry.index() <= before
        || (entry.index() <= lastIndex() && at(entry.index()).term() == entry.term());
  }

  /** Whether the log or a snapshot reaches so far. */
  boolean reaches(long index) {
    return index <= lastIndex();
  }

  long lastIndex() {
    return before + entries.size();
  }

  /** The configurations of durable entries behind this index. */
  List<Configuration> configurationsBehind(long index) {
    return entries.stream()
        .filter(entry -> entry.index() > index && entry.kind() == Entry.Kind.CONFIGURATION)
        .map(entry -> Configuration.decode(entry.command()))
        .toList();
  }

  private Entry at(long index) {
    return entries.get((int) (index - before) - 1);
  }

  /**
   * What a server found after a crash must be what was forced and a first part of the rest; returns
   * how many records of the rest survived.
   */
  int recovered(SimLog.Start start) {
    var found = start.state();
    incarnation = start.incarnation();
    int survived = 0;
    while (!isFound(found)) {
      if (unforced.isEmpty()) {
        throw new Violation(unexpected(found));
      }
      unforced.removeFirst().dispatch(this);
      survived++;
    }
    unforced.clear();
    written.terms.clear();
    written.before = before;
    entries.forEach(entry -> written.terms.add(entry.term()));
    return survived;
  }

  private String unexpected(PersistentState found) {
    return ("server %d found another log than it had forced: term %d instead of %d, up to entry %d"
            + " instead of %d")
        .formatted(server, found.term(), term, lastIndex(found), lastIndex());
  }

  private static long lastIndex(PersistentState found) {
    return found.entries().isEmpty()
        ? found.snapshot().map(snapshot -> snapshot.id().index()).orElse(0L)
        : found.entries().get(found.entries().size() - 1).index();
  }

  /**
   * Whether this is what a server may find now. A snapshot that was durable before the log came so
   * far, or before the record of its arrival was, takes the log's place.
   */
  private boolean isFound(PersistentState found) {
    found
        .snapshot()
        .ifPresent(
            snapshot ->
                Violation.unless(
                    snapshots.contains(snapshot.id()),
                    "server " + server + " found a snapshot that it never wrote"));
    if (isSame(found)) {
      return true;
    }
    boolean isInstall =
        found.snapshot().map(snapshot -> isInstalled(snapshot, found)).orElse(false);
    if (isInstall) {
      install(found.snapshot().orElseThrow());
    }
    return isInstall;
  }

  private boolean isInstalled(Snapshot snapshot, PersistentState found) {
    long snapshotTerm = snapshot.id().term();
    return !follows(snapshot.id())
        && found.entries().isEmpty()
        && found.term() == Math.max(term, snapshotTerm)
        && found.votedFor() == (term < snapshotTerm ? RaftNode.NOBODY : votedFor)
        && found.clusterId() == (clusterId == 0 ? snapshot.configuration().clusterId() : clusterId);
  }

  private boolean follows(SnapshotId id) {
    return id.index() == before
        || (id.index() > before && id.index() <= lastIndex() && at(id.index()).term() == id.term());
  }

  /** How often a start took the place of a record that was missing behind a snapshot. */
  int installs() {
    return installs;
  }

  private void install(Snapshot snapshot) {
    installs++;
    if (term < snapshot.id().term()) {
      onVote(new LogRecord.Vote(snapshot.id().term(), RaftNode.NOBODY));
    }
    if (clusterId == 0) {
      clusterId = snapshot.configuration().clusterId();
    }
    onStartAfter(new LogRecord.StartAfter(snapshot.id()));
  }

  /** The same, but that entries which the snapshot covers may be gone. */
  private boolean isSame(PersistentState found) {
    return found.term() == term
        && found.votedFor() == votedFor
        && found.clusterId() == clusterId
        && lastIndex(found) == lastIndex()
        && found.snapshot().map(snapshot -> follows(snapshot.id())).orElse(before == 0)
        && found.entries().stream()
            .filter(entry -> entry.index() > before)
            .allMatch(entry -> at(entry.index()).equals(entry));
  }

  @Override
  public void onVote(LogRecord.Vote vote) {
    term = vote.term();
    votedFor = vote.votedFor();
    if (votedFor != RaftNode.NOBODY) {
      int given = votes.getOrDefault(term, votedFor);
      Violation.unless(given == votedFor, "server " + server + " votes twice in term " + term);
      votes.put(term, votedFor);
    }
  }

  @Override
  public void onAppend(LogRecord.Append append) {
    entries.addAll(append.entries());
  }

  @Override
  public void onTruncateSuffix(LogRecord.TruncateSuffix truncate) {
    entries.subList((int) (truncate.fromIndex() - before) - 1, entries.size()).clear();
  }

  @Override
  public void onJoined(LogRecord.Joined joined) {
    clusterId = joined.clusterId();
  }

  @Override
  public void onStartAfter(LogRecord.StartAfter startAfter) {
    before = startAfter.snapshot().index();
    beforeTerm = startAfter.snapshot().term();
    entries.clear();
  }
}
