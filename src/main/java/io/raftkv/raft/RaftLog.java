package io.raftkv.raft;

import io.raftkv.base.Invariant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The log in memory: entries from index 1 without a gap, and the configuration that they put in
 * force. What is durable of it is the {@link Outbox}'s to know.
 */
public final class RaftLog {
  private final ArrayList<Entry> entries;
  private final ArrayDeque<Configured> configurations = new ArrayDeque<>();

  private record Configured(long index, Configuration configuration) {}

  RaftLog(List<Entry> entries) {
    this.entries = new ArrayList<>(entries);
    for (var entry : entries) {
      noteConfiguration(entry);
    }
  }

  /** The index of the last entry, 0 if there is none. */
  public long lastIndex() {
    return entries.size();
  }

  public long lastTerm() {
    return term(lastIndex());
  }

  /** The stamp of the last entry, 0 if there is none. */
  public long lastTime() {
    return entries.isEmpty() ? 0 : entry(lastIndex()).time();
  }

  /** The term of the entry at {@code index}, which the log must hold; 0 at index 0. */
  public long term(long index) {
    return index == 0 ? 0 : entry(index).term();
  }

  /** The entry at {@code index}, which the log must hold. */
  public Entry entry(long index) {
    Invariant.check(index >= 1 && index <= lastIndex(), "the log holds it", index, lastIndex());
    return entries.get((int) (index - 1));
  }

  /** The entries from {@code from} to {@code to}, both included; none if {@code from > to}. */
  public List<Entry> slice(long from, long to) {
    return from > to ? List.of() : List.copyOf(entries.subList((int) (from - 1), (int) to));
  }

  /** What the entries from {@code from} to {@code to} count for where bytes are bounded. */
  long weight(long from, long to) {
    long weight = 0;
    for (long index = from; index <= to; index++) {
      weight += entry(index).weight();
    }
    return weight;
  }

  /**
   * The entries from {@code from} on, as many as {@code bytesMax} allows, but one at least if there
   * is one.
   */
  List<Entry> sliceUpTo(long from, int bytesMax) {
    long to = from - 1;
    long bytes = 0;
    while (to < lastIndex()) {
      bytes += entry(to + 1).weight();
      if (bytes > bytesMax && to >= from) {
        break;
      }
      to++;
    }
    return slice(from, to);
  }

  /** The configuration in force, and so the newest in the log, committed or not. */
  public Optional<Configuration> configuration() {
    return Optional.ofNullable(configurations.peekLast()).map(Configured::configuration);
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
    Invariant.check(entry.index() == lastIndex() + 1, "no gap", entry.index(), lastIndex());
    Invariant.check(entry.term() >= lastTerm(), "terms only grow", entry.term(), lastTerm());
    Invariant.check(entry.time() >= lastTime(), "stamps only grow", entry.time(), lastTime());
    entries.add(entry);
    noteConfiguration(entry);
  }

  /** Drops the entry at {@code from} and all behind it. */
  void truncate(long from) {
    entries.subList((int) (from - 1), entries.size()).clear();
    while (configurationIndex() >= from) {
      configurations.removeLast();
    }
  }

  /** Whether a log that ends so may be that of a leader of ours (dissertation 3.6.1). */
  boolean isUpToDate(long otherLastIndex, long otherLastTerm) {
    return otherLastTerm > lastTerm()
        || (otherLastTerm == lastTerm() && otherLastIndex >= lastIndex());
  }

  /**
   * The highest index up to {@code index} whose term is at most {@code term}: where two logs that
   * differ may still agree, one term passed over at a time (dissertation 3.5).
   */
  long lastIndexOfTermAtMost(long index, long term) {
    long candidate = Math.min(index, lastIndex());
    while (candidate > 0 && term(candidate) > term) {
      candidate--;
    }
    return candidate;
  }

  private void noteConfiguration(Entry entry) {
    if (entry.kind() == Entry.Kind.CONFIGURATION) {
      configurations.add(new Configured(entry.index(), Configuration.decode(entry.command())));
    }
  }
}
