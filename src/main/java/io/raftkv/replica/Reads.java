package io.raftkv.replica;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The reads of this server's clients (dissertation 6.4). Those of a turn share one id, which no
 * other life of any server uses; they are fixed when it is first sent, so every answer to it is
 * good, whoever leads: its index was noted after the reads came.
 */
final class Reads {
  /** So many ids may be out at once; what comes meanwhile shares the next one. */
  private static final int BATCHES_MAX = 16;

  private static final long UNCONFIRMED = Long.MAX_VALUE;

  private final Map<Long, Batch> batches = new LinkedHashMap<>();
  private Set<Waiting> gathered = new LinkedHashSet<>();
  private long lastId;

  private static final class Batch {
    final Set<Waiting> reads;
    long index = UNCONFIRMED;

    Batch(Set<Waiting> reads) {
      this.reads = reads;
    }
  }

  /**
   * @param firstId a random number of this life
   */
  Reads(long firstId) {
    lastId = firstId;
  }

  void add(Waiting read) {
    gathered.add(read);
  }

  /** Nobody waits for this read any more. */
  void drop(Waiting read) {
    if (!gathered.remove(read)) {
      batches.values().stream().filter(b -> !b.reads.isEmpty()).forEach(b -> b.reads.remove(read));
    }
  }

  /** How many reads wait. */
  int waiting() {
    return gathered.size() + batches.values().stream().mapToInt(b -> b.reads.size()).sum();
  }

  /** Whether reads wait to be sent under a new id, and one is free. */
  boolean canSend() {
    return !gathered.isEmpty() && batches.size() < BATCHES_MAX;
  }

  /** Fixes what was gathered as one batch, and gives it an id. */
  long send() {
    batches.put(++lastId, new Batch(gathered));
    gathered = new LinkedHashSet<>();
    return lastId;
  }

  /** A batch without a read, to learn up to where everything must be applied. */
  long sendEmpty() {
    batches.put(++lastId, new Batch(Set.of()));
    return lastId;
  }

  /**
   * The ids whose reads wait, oldest first. One that a leader has answered is among them until its
   * index is applied: if that leader's entry was lost with it, the log may never come so far, and
   * another leader names a lower index.
   */
  List<Long> ids() {
    return List.copyOf(batches.keySet());
  }

  /** The oldest id that is not answered yet, 0 if there is none. */
  long oldest() {
    return batches.isEmpty() ? 0 : batches.keySet().iterator().next();
  }

  boolean isIdle() {
    return batches.isEmpty();
  }

  /** The reads of this id may be answered from {@code index} on; an unknown id says nothing. */
  void confirm(long readId, long index) {
    var batch = batches.get(readId);
    if (batch != null) {
      batch.index = Math.min(batch.index, index);
    }
  }

  /** Whether the batch of this id is answered. */
  boolean isAnswered(long readId) {
    return !batches.containsKey(readId);
  }

  /** Answers what may be answered now that everything up to {@code applied} is. */
  void answer(long applied, Consumer<Waiting> answer) {
    var iterator = batches.values().iterator();
    while (iterator.hasNext()) {
      var batch = iterator.next();
      if (batch.index <= applied) {
        iterator.remove();
        batch.reads.forEach(answer);
      }
    }
  }
}
