package io.raftkv.sim;

import io.raftkv.base.Bytes;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.raft.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Judges what clients heard against the log. The log is the one order of all writes; each answer
 * must fit at a place in it that is not before any place whose answer was known when the request
 * was made. Taking the first such place for each answer, in the order of the answers, finds one for
 * all if there is any.
 */
final class LogJudge {
  private static final long LOST = -1;
  private static final NavigableMap<Long, Reply> NOTHING =
      Collections.unmodifiableNavigableMap(new TreeMap<>(Map.of(0L, Reply.NOT_FOUND)));

  private final Marks marks;
  private final KvStore store = new KvStore();
  private final Map<Bytes, NavigableMap<Long, Reply>> states = new HashMap<>();
  private final Map<Request, Long> placeOf = new HashMap<>();
  private final Map<Long, Reply> replyAt = new HashMap<>();
  private final NavigableMap<Long, Long> knownAt = new TreeMap<>();

  LogJudge(List<Entry> committed, List<Bytes> keys, Marks marks) {
    this.marks = marks;
    keys.forEach(key -> states.put(key, new TreeMap<>(Map.of(0L, Reply.NOT_FOUND))));
    committed.forEach(this::apply);
    knownAt.put(Long.MIN_VALUE, 0L);
  }

  private void apply(Entry entry) {
    if (entry.kind() == Entry.Kind.COMMAND) {
      store.apply(entry.index(), entry.time(), entry.command()).ifPresent(a -> note(entry, a));
    } else {
      store.advance(entry.index(), entry.time());
    }
    states.forEach((key, history) -> noteState(entry.index(), key, history));
  }

  private void noteState(long index, Bytes key, NavigableMap<Long, Reply> history) {
    var state = store.read(new Request.GetMeta(key));
    if (!state.equals(history.lastEntry().getValue())) {
      history.put(index, state);
    }
  }

  private void note(Entry entry, KvStore.Applied applied) {
    Violation.unless(
        applied.counted(), "the log holds a duplicate or a gap at index " + entry.index());
    var command = Proposal.decode(entry.command()).command();
    marks.seeIf(command.isEmpty(), Mark.VOID_APPLIED);
    command.ifPresent(request -> notePlace(request, entry.index()));
    replyAt.put(entry.index(), applied.reply());
  }

  /** Deletes of one key are equal; all other commands carry a value of their own. */
  private void notePlace(Request command, long index) {
    Long before = placeOf.put(command, index);
    Violation.unless(
        before == null || isDelete(command),
        "applied at " + before + " and " + index + ": " + command);
  }

  private static boolean isDelete(Request command) {
    return command.getClass() == Request.Delete.class;
  }

  /** Throws {@link Violation} for the first answer that fits nowhere. */
  void judge(List<ClientOperation> operations) {
    var answered = new ArrayList<ClientOperation>();
    operations.stream().filter(ClientOperation::isKnown).forEach(answered::add);
    answered.sort(Comparator.comparingLong(ClientOperation::returnedAt));
    for (var operation : answered) {
      long from = knownAt.lowerEntry(operation.invokedAt()).getValue();
      long place = place(operation, from);
      long last = knownAt.lastEntry().getValue();
      knownAt.put(operation.returnedAt(), Math.max(last, place));
    }
  }

  private long place(ClientOperation operation, long from) {
    var reply = operation.reply().orElseThrow();
    if (operation.request() instanceof Request.Query query) {
      return placeOfRead(operation, query.key(), reply, from);
    }
    if (isDelete(operation.request())) {
      return from;
    }
    long place = placeOf.getOrDefault(operation.request(), LOST);
    Violation.unless(place != LOST, "lost: " + operation);
    Violation.unless(place > from, "before what was already known (" + from + "): " + operation);
    Violation.unless(reply.equals(replyAt.get(place)), "a wrong answer: " + operation);
    return place;
  }

  private long placeOfRead(ClientOperation operation, Bytes key, Reply reply, long from) {
    var history = states.getOrDefault(key, NOTHING);
    Long first = history.floorKey(from);
    for (var state : history.tailMap(first, true).entrySet()) {
      if (isAnswer(state.getValue(), reply)) {
        return Math.max(from, state.getKey());
      }
    }
    throw new Violation("a read of what is nowhere behind " + from + " in the log: " + operation);
  }

  private static boolean isAnswer(Reply state, Reply heard) {
    return heard instanceof Reply.Value value
        ? state.getClass() == Reply.ValueMeta.class
            && ((Reply.ValueMeta) state).value().equals(value.value())
        : state.equals(heard);
  }
}
