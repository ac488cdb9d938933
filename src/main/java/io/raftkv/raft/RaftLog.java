package io.raftkv.raft;

import io.raftkv.base.Invariant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The log in memory: entries without a gap behind its <em>start</em>, and the configuration that
 * they put in force. What lies in front of the start is covered by a snapshot and gone. What is
 * durable of the log is the {@link Outbox}'s to know.
 */
public final class RaftLog {
  private final ArrayList<Entry> entries = new ArrayList<>();
  private final ArrayDeque<Configured> configurations = new ArrayDeque<>();

  /** Of each entry, what all up to it weigh, from some fixed point in front of them. */
  private long[] weights = new long[16];

  private long startIndex;
  private long startTerm;
  private long startTime;
  private long startWeight;

  private record Configured(long index, Configuration configuration) {}

  RaftLog(List<Entry> entries) {
    this(Optional.empty(), entries);
  }

  /**
   * @param snapshot what covers the entries in front of the log, and perhaps some of those in it
   */
  RaftLog(Optional<Snapshot> snapshot, List<Entry> entries) {
    snapshot.ifPresent(this::startAfter);
    if (!entries.isEmpty() && entries.get(0).index() <= startIndex) {
      startBehind(entries.get(0));
    }
    entries.stream().filter(entry -> entry.index() > startIndex).forEach(this::append);
    Invariant.check(
        snapshot.map(known -> holds(known.id())).orElse(startIndex == 0),
        "the log follows its snapshot");
  }

  /** Nothing says the term in front of the first entry, so that one becomes the start. */
  private void startBehind(Entry first) {
    startIndex = first.index();
    startTerm = first.term();
    startTime = first.time();
    var configured = configurations.pollFirst();
    if (configured != null) {
      configurations.addFirst(new Configured(startIndex, configured.configuration()));
    }
  }

  /** Drops all, and begins anew behind the snapshot. */
  void startAfter(Snapshot snapshot) {
    entries.clear();
    startIndex = snapshot.id().index();
    startTerm = snapshot.id().term();
    startTime = snapshot.id().time();
    startWeight = 0;
    configurations.clear();
    if (!snapshot.configuration().isFounding()) {
      configurations.add(new Configured(startIndex, snapshot.configuration()));
    }
  }

  /** Whether it follows a state that a cluster is to begin with, and holds nothing of it yet. */
  boolean isFounding() {
    return startIndex > 0 && configurations.isEmpty();
  }

  /** The index of the entry in front of the first, whose term is still known. */
  public long startIndex() {
    return startIndex;
  }

  /** The index of the last entry, 0 if there never was one. */
  public long lastIndex() {
    return startIndex + entries.size();
  }

  public long lastTerm() {
    return term(lastIndex());
  }

  /** The stamp of the last entry, 0 if there is none. */
  public long lastTime() {
    return time(lastIndex());
  }

  /** The term of the entry at {@code index}, from {@link #startIndex}; 0 at index 0. */
  public long term(long index) {
    return index == startIndex ? startTerm : entry(index).term();
  }

  /** The stamp of the entry at {@code index}, from {@link #startIndex}; 0 at index 0. */
  private long time(long index) {
    return index == startIndex ? startTime : entry(index).time();
  }

  /** The snapshot's name if one is taken of the state behind this entry. */
  SnapshotId idAt(long index) {
    return new SnapshotId(index, term(index), time(index));
  }

  /** The entry at {@code index}, which the log must hold. */
  public Entry entry(long index) {
    Invariant.ordered(startIndex + 1, index, "the log holds it");
    Invariant.ordered(index, lastIndex(), "the log holds it");
    return entries.get(place(index));
  }

  private int place(long index) {
    return (int) (index - startIndex) - 1;
  }

  /** Whether the entry at this index has this term; what lies in front of the start cannot tell. */
  boolean holds(SnapshotId snapshot) {
    long index = snapshot.index();
    return index >= startIndex && index <= lastIndex() && term(index) == snapshot.term();
  }

  /** The entries from {@code from} to {@code to}, both included; none if {@code from > to}. */
  public List<Entry> slice(long from, long to) {
    return from > to ? List.of() : List.copyOf(entries.subList(place(from), place(to) + 1));
  }

  /**
   * What the entries from {@code from} to {@code to} count for where bytes are bounded; those in
   * front of the start count for nothing.
   */
  public long weight(long from, long to) {
    return from > to ? 0 : Math.max(0, weightUpTo(to) - weightUpTo(from - 1));
  }

  private long weightUpTo(long index) {
    return index <= startIndex ? startWeight : weights[place(index)];
  }

  /**
   * The entries from {@code from} on, as many as {@code bytesMax} allows, but one at least if there
   * is one.
   */
  List<Entry> sliceUpTo(long from, int bytesMax) {
    long to = Math.min(from, lastIndex());
    while (to < lastIndex() && weight(from, to + 1) <= bytesMax) {
      to++;
    }
    return slice(from, to);
  }

  /** The configuration in force, and so the newest in the log, committed or not. */
  public Optional<Configuration> configuration() {
    return Optional.ofNullable(configurations.peekLast()).map(Configured::configuration);
  }

  /** The newest configuration up to {@code index}, which must not lie in front of the start. */
  Optional<Configuration> configurationAt(long index) {
    Configuration newest = null;
    for (var each : configurations) {
      newest = each.index() <= index ? each.configuration() : newest;
    }
    return Optional.ofNullable(newest);
  }

  /** The index of the entry that put {@link #configuration} in force, 0 if there is none. */
  long configurationIndex() {
    return configurations.isEmpty() ? 0 : configurations.getLast().index();
  }

  /** The cluster's id, if the entry that minted it is not behind {@code commitIndex}; else 0. */
  long committedClusterId(long commitIndex) {
    var first = configurations.peekFirst();
    return first == null || first.index() > commitIndex ? 0 : first.configuration().clusterId();
  }

  void append(Entry entry) {
    Invariant.equal(entry.index(), lastIndex() + 1, "no gap");
    Invariant.ordered(lastTerm(), entry.term(), "terms only grow");
    Invariant.ordered(lastTime(), entry.time(), "stamps only grow");
    if (entries.size() == weights.length) {
      weights = Arrays.copyOf(weights, 2 * weights.length);
    }
    weights[entries.size()] = weightUpTo(lastIndex()) + entry.weight();
    entries.add(entry);
    if (entry.kind() == Entry.Kind.CONFIGURATION) {
      configurations.add(new Configured(entry.index(), Configuration.decode(entry.command())));
    }
  }

  /** Drops the entry at {@code from} and all behind it. */
  void truncate(long from) {
    entries.subList(place(from), entries.size()).clear();
    while (configurationIndex() >= from) {
      configurations.removeLast();
    }
  }

  /**
   * Drops the entries up to {@code index}, which a durable snapshot covers; of the configurations,
   * those that later ones up to there have replaced.
   */
  void compact(long index) {
    Invariant.ordered(index, lastIndex(), "no compaction beyond the log");
    if (index <= startIndex) {
      return;
    }
    int dropped = place(index) + 1;
    startTerm = term(index);
    startTime = time(index);
    startWeight = weightUpTo(index);
    System.arraycopy(weights, dropped, weights, 0, entries.size() - dropped);
    entries.subList(0, dropped).clear();
    startIndex = index;
    while (configurations.size() > 1 && second(configurations).index() <= index) {
      configurations.removeFirst();
    }
  }

  private static Configured second(ArrayDeque<Configured> configurations) {
    var each = configurations.iterator();
    each.next();
    return each.next();
  }

  /**
   * The index up to which entries may be dropped so that those behind it, up to {@code index},
   * weigh no more than {@code bytes}.
   */
  long tailStart(long index, long bytes) {
    long low = startIndex;
    long high = Math.max(startIndex, index);
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (weight(middle + 1, index) <= bytes) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /**
   * Whether a log that ends so may be that of a leader of ours (dissertation 3.6.1); one that ends
   * before the state that a cluster is to begin with is that of another cluster.
   */
  boolean isUpToDate(long otherLastIndex, long otherLastTerm) {
    if (isFounding() && otherLastIndex < startIndex) {
      return false;
    }
    return otherLastTerm > lastTerm()
        || (otherLastTerm == lastTerm() && otherLastIndex >= lastIndex());
  }

  /**
   * The highest index up to {@code index} whose term is at most {@code term}: where two logs that
   * differ may still agree, one term passed over at a time (dissertation 3.5). It is never in front
   * of the start: what lies there is committed.
   */
  long lastIndexOfTermAtMost(long index, long term) {
    long candidate = Math.max(startIndex, Math.min(index, lastIndex()));
    while (candidate > startIndex && term(candidate) > term) {
      candidate--;
    }
    return candidate;
  }
}
