package io.raftkv.sim;

import io.raftkv.base.Bytes;
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
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

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
  private final ClusterTime time;
  private final ModelStore store = new ModelStore();
  private final Map<Bytes, NavigableMap<Long, Reply>> states = new HashMap<>();
  private final Map<Request, Long> placeOf = new HashMap<>();
  private final Map<Long, Reply> replyAt = new HashMap<>();
  private final Map<Request, NavigableSet<Long>> deletes = new HashMap<>();
  private final Map<List<Object>, Long> deletesTold = new HashMap<>();
  private final Map<Long, ClientOperation> writers = new HashMap<>();
  private final NavigableMap<Long, Long> knownAt = new TreeMap<>();

  /** Commands of one connection take effect in the order in which they were sent. */
  private final Map<Long, Long> lastOfConnection = new HashMap<>();

  LogJudge(Committed committed, ClusterTime time, List<Bytes> keys, Marks marks) {
    this.marks = marks;
    this.time = time;
    keys.forEach(key -> states.put(key, new TreeMap<>(Map.of(0L, Reply.NOT_FOUND))));
    committed.entries().forEach(this::apply);
    knownAt.put(Long.MIN_VALUE, 0L);
  }

  private void apply(Entry entry) {
    store.apply(entry).ifPresent(reply -> replyAt.put(entry.index(), reply));
    if (entry.kind() == Entry.Kind.COMMAND) {
      var command = Proposal.decode(entry.command()).command();
      marks.seeIf(command.isEmpty(), Mark.VOID_APPLIED);
      command.ifPresent(request -> notePlace(request, entry.index()));
    }
    states.forEach((key, history) -> noteState(entry.index(), key, history));
  }

  private void noteState(long index, Bytes key, NavigableMap<Long, Reply> history) {
    var state = store.read(key);
    if (!state.equals(history.lastEntry().getValue())) {
      history.put(index, state);
    }
  }

  /** Deletes of one key are equal; all other commands carry a value of their own. */
  private void notePlace(Request command, long index) {
    if (isDelete(command)) {
      deletes.computeIfAbsent(command, key -> new TreeSet<>()).add(index);
    }
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
      from = Math.max(from, lastOfConnection.getOrDefault(operation.connection(), 0L));
      long place = place(operation, from);
      lastOfConnection.put(operation.connection(), place);
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
      return placeOfDelete(operation, from);
    }
    long place = placeOf.getOrDefault(operation.request(), LOST);
    Violation.unless(place != LOST, "lost: " + operation);
    Violation.unless(place > from, "before what was already known (" + from + "): " + operation);
    Violation.unless(reply.equals(replyAt.get(place)), "a wrong answer: " + operation);
    writers.put(place, operation);
    return place;
  }

  /**
   * The first delete of this key that answers so: whose it was cannot be told, so several may share
   * one, but no more in all than there were.
   */
  private long placeOfDelete(ClientOperation operation, long from) {
    var places = deletes.getOrDefault(operation.request(), new TreeSet<>());
    var reply = operation.reply();
    long told = deletesTold.merge(List.of(operation.request(), reply), 1L, Long::sum);
    long made =
        places.stream().filter(p -> reply.equals(Optional.ofNullable(replyAt.get(p)))).count();
    Violation.unless(told <= made, "more deletes were answered than there were: " + operation);
    for (long place : places.tailSet(from, false)) {
      if (reply.equals(Optional.ofNullable(replyAt.get(place)))) {
        return place;
      }
    }
    throw new Violation("a delete that is nowhere behind " + from + " in the log: " + operation);
  }

  private long placeOfRead(ClientOperation operation, Bytes key, Reply reply, long from) {
    var history = states.getOrDefault(key, NOTHING);
    Long first = history.floorKey(from);
    for (var state : history.tailMap(first, true).entrySet()) {
      if (isAnswer(state.getValue(), reply)) {
        checkAge(operation, state.getKey(), state.getValue());
        return Math.max(from, state.getKey());
      }
    }
    throw new Violation("a read of what is nowhere behind " + from + " in the log: " + operation);
  }

  /** Whatever the log says of time, a value with an exptime is not read for ever. */
  private void checkAge(ClientOperation read, long version, Reply state) {
    var writer = writers.get(version);
    if (writer != null && time.isKnown() && !state.equals(Reply.NOT_FOUND)) {
      int exptime = ((Reply.ValueMeta) state).exptime();
      long age = read.invokedAt() - writer.returnedAt();
      Violation.unless(
          exptime == 0 || age <= time.lifetimeMicrosMax(exptime),
          "a value has outlived its time, written by " + writer + ": " + read);
    }
  }

  private static boolean isAnswer(Reply state, Reply heard) {
    return heard instanceof Reply.Value value
        ? valueOf(state).equals(Optional.of(value.value()))
        : state.equals(heard);
  }

  private static Optional<Bytes> valueOf(Reply state) {
    return state.equals(Reply.NOT_FOUND)
        ? Optional.empty()
        : Optional.of(((Reply.ValueMeta) state).value());
  }
}
