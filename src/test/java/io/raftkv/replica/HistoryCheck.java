package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.raft.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges what clients heard against the committed log. The log is the one order of all writes; each
 * answer must fit at a place in it that is not before any place whose answer was known when the
 * request was made. Taking the first such place for each answer, in the order of the answers, finds
 * one for all if there is any.
 */
final class HistoryCheck {
  private final List<Map<Bytes, Reply>> states = new ArrayList<>();
  private final Map<Request, Long> placeOf = new HashMap<>();
  private final Map<Long, Reply> replyAt = new HashMap<>();

  HistoryCheck(List<Entry> committed) {
    var store = new KvStore();
    states.add(read(store));
    for (var entry : committed) {
      if (entry.kind() == Entry.Kind.COMMAND) {
        store.apply(entry.index(), entry.time(), entry.command()).ifPresent(a -> note(entry, a));
      } else {
        store.advance(entry.index(), entry.time());
      }
      states.add(read(store));
    }
  }

  private static Map<Bytes, Reply> read(KvStore store) {
    var state = new HashMap<Bytes, Reply>();
    Workload.KEYS.forEach(key -> state.put(key, store.read(new Request.GetMeta(key))));
    return state;
  }

  private void note(Entry entry, KvStore.Applied applied) {
    assertTrue(applied.counted(), "the log holds a duplicate or a gap at " + entry.index());
    Proposal.decode(entry.command())
        .command()
        .ifPresent(command -> notePlace(command, entry.index()));
    replyAt.put(entry.index(), applied.reply());
  }

  /**
   * Deletes of one key are equal; all other commands of the workload carry a value of their own.
   */
  private void notePlace(Request command, long index) {
    Long before = placeOf.put(command, index);
    assertTrue(before == null || command instanceof Request.Delete, "applied twice: " + command);
  }

  void check(List<Workload.Operation> operations) {
    var answered =
        operations.stream()
            .filter(o -> o.isAnswered() && !o.reply.equals(Reply.INTERNAL))
            .sorted(Comparator.comparingLong(o -> o.returnedAt))
            .toList();
    var known = new ArrayList<long[]>();
    known.add(new long[] {Long.MIN_VALUE, 0});
    for (var operation : answered) {
      long from = lastBefore(known, operation.invokedAt);
      long place = place(operation, from);
      long last = known.get(known.size() - 1)[1];
      known.add(new long[] {operation.returnedAt, Math.max(last, place)});
    }
  }

  /** The latest place that was known to be passed before this time. */
  private static long lastBefore(List<long[]> known, long time) {
    int low = 0;
    int high = known.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (known.get(middle)[0] < time) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return known.get(low)[1];
  }

  private long place(Workload.Operation operation, long from) {
    var request = operation.request;
    if (request instanceof Request.Query query) {
      return placeOfRead(operation, query.key(), from);
    }
    if (request instanceof Request.Delete) {
      return from;
    }
    Long place = placeOf.get(request);
    assertTrue(place != null, "lost: " + describe(operation));
    assertTrue(
        place > from, "before what was already known (" + from + "): " + describe(operation));
    assertEquals(replyAt.get(place), operation.reply, describe(operation));
    return place;
  }

  private long placeOfRead(Workload.Operation operation, Bytes key, long from) {
    for (long place = from; place < states.size(); place++) {
      if (isAnswer(states.get((int) place).get(key), operation.reply)) {
        return place;
      }
    }
    throw new AssertionError("a read of nothing from " + from + " on: " + describe(operation));
  }

  private static boolean isAnswer(Reply state, Reply heard) {
    return heard instanceof Reply.Value value && state instanceof Reply.ValueMeta meta
        ? meta.value().equals(value.value())
        : state.equals(heard);
  }

  private static String describe(Workload.Operation operation) {
    return operation.request
        + " asked at "
        + operation.invokedAt
        + ", answered at "
        + operation.returnedAt
        + " with "
        + operation.reply;
  }
}
