package io.raftkv.sim;

import io.raftkv.base.Bytes;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.kv.RequestId;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Entry;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a restored cluster begins with: the log of an earlier one, of which a single server's disk
 * holds the state, and what clients were told of it in their time. All judges know it from the
 * beginning, so that nothing of it may be lost or changed.
 *
 * @param founder the server that holds the state, {@link RaftNode#NOBODY} if there is none
 * @param clusterId of the cluster that belongs to the state, 0 if there is none
 * @param entries the earlier log from index 1, without its configurations
 * @param operations what clients asked of the earlier cluster, answered before time 0
 * @param isMortal whether the state holds a key with an exptime
 */
record Heritage(
    int founder,
    long clusterId,
    List<Entry> entries,
    List<ClientOperation> operations,
    boolean isMortal) {
  /** A cluster that begins with nothing. */
  static final Heritage NONE = new Heritage(RaftNode.NOBODY, 0, List.of(), List.of(), false);

  Heritage {
    entries = List.copyOf(entries);
    operations = List.copyOf(operations);
  }

  /** Whether there is a state to begin with. */
  boolean isThere() {
    return !entries.isEmpty();
  }

  /** The index of the last entry that the state covers, 0 if there is no state. */
  long lastIndex() {
    return entries.size();
  }

  /** The last entry that the state covers. */
  Entry last() {
    return entries.get(entries.size() - 1);
  }

  /** The name of the state, and the cluster that is to begin with it. */
  Snapshot snapshot() {
    return new Snapshot(
        new SnapshotId(last().index(), last().term(), last().time()),
        Configuration.founding(clusterId));
  }

  /** The state. */
  KvStore store() {
    var store = new KvStore();
    for (var entry : entries) {
      if (entry.kind() == Entry.Kind.COMMAND) {
        store.apply(entry.index(), entry.time(), entry.command());
      } else {
        store.advance(entry.index(), entry.time());
      }
    }
    return store;
  }

  /** What this run's cluster begins with. */
  static Heritage draw(Conditions conditions, SplittableRandom random) {
    return conditions.restored() ? new Draft(conditions, random).finish() : NONE;
  }

  /** Makes up an earlier cluster's log. */
  private static final class Draft {
    private static final int ENTRIES_MAX = 40;
    private static final int STEP_MILLIS_MAX = 300;
    private static final long STEP_MICROS = 1_000;

    /** Nobody has this one today. */
    private static final long CONNECTION = -1_000;

    /** Further servers that the earlier cluster had. */
    private static final int FORMER = 2;

    /** How far the earlier cluster's clock was from today's clocks at the most. */
    private static final int CLOCK_MILLIS_MAX = 20_000;

    private final Conditions conditions;
    private final SplittableRandom random;
    private final List<Entry> entries = new ArrayList<>();
    private final List<ClientOperation> operations = new ArrayList<>();
    private final Map<Integer, RequestId> lasts = new HashMap<>();
    private final Set<Bytes> lasting = new HashSet<>();
    private final int count;
    private long term = 1;
    private long time;
    private boolean isMortal;

    Draft(Conditions conditions, SplittableRandom random) {
      this.conditions = conditions;
      this.random = random;
      count = 1 + random.nextInt(ENTRIES_MAX);
      time =
          SimClock.WALL_BEGIN_MILLIS
              + random.nextInt(2 * CLOCK_MILLIS_MAX)
              - CLOCK_MILLIS_MAX
              - (long) count * STEP_MILLIS_MAX / 2;
    }

    Heritage finish() {
      while (entries.size() < count) {
        term += random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 0;
        time += random.nextInt(STEP_MILLIS_MAX);
        add();
      }
      int founder = random.nextInt(conditions.servers());
      return new Heritage(founder, random.nextLong() | 1, entries, operations, isMortal);
    }

    private void add() {
      var key = Bytes.utf8("key" + random.nextInt(conditions.load().keys()));
      switch (random.nextInt(8)) {
        case 0 -> add(Entry.Kind.EMPTY, Bytes.EMPTY);
        case 1 -> propose(Optional.empty());
        case 2 -> delete(key);
        default -> set(key);
      }
    }

    private void set(Bytes key) {
      boolean expires = Chance.happens(random, conditions.load().expiring());
      isMortal |= expires;
      var value = Bytes.utf8("old" + (entries.size() + 1));
      if (expires) {
        lasting.remove(key);
      } else {
        lasting.add(key);
      }
      ask(
          new Request.Set(key, expires ? 1 + random.nextInt(2) : 0, value),
          new Reply.Stored(entries.size() + 1L));
    }

    /** What a key that may have expired would have answered is another cluster's business. */
    private void delete(Bytes key) {
      if (lasting.remove(key)) {
        ask(new Request.Delete(key), Reply.DELETED);
      }
    }

    private void ask(Request.Command command, Reply reply) {
      long at = (entries.size() - count) * STEP_MICROS;
      var operation = new ClientOperation(CONNECTION, 0, command, at, RaftNode.NOBODY);
      operation.answer(reply, at + STEP_MICROS / 2);
      operations.add(operation);
      propose(Optional.of(command));
    }

    private void propose(Optional<Request.Command> command) {
      int origin = random.nextInt(conditions.machines() + FORMER);
      var last = lasts.getOrDefault(origin, new RequestId(origin, Life.NONE, 0));
      boolean isNewLife = last.life().equals(Life.NONE) || random.nextInt(4) == 0;
      var life = isNewLife ? lifeAfter(last.life()) : last.life();
      var id = new RequestId(origin, life, isNewLife ? 1 : last.sequence() + 1);
      lasts.put(origin, id);
      add(Entry.Kind.COMMAND, new Proposal(id, command).encode());
    }

    private Life lifeAfter(Life last) {
      return new Life(Math.max(time, last.number() + 1), random.nextLong());
    }

    private void add(Entry.Kind kind, Bytes content) {
      entries.add(new Entry(entries.size() + 1L, term, time, kind, content));
    }
  }
}
