package io.raftkv.replica;

import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A disk that forgets at a crash what it had not forced, or any part of the end of it. */
final class MemoryDisk {
  final long incarnation;
  private final List<LogRecord> durable = new ArrayList<>();
  private final ArrayDeque<LogRecord> unforced = new ArrayDeque<>();
  private long lifeNumber;

  MemoryDisk(long incarnation) {
    this.incarnation = incarnation;
  }

  void write(List<LogRecord> records) {
    unforced.addAll(records);
  }

  /** Forces the oldest records that were written. */
  void force(int count) {
    for (int i = 0; i < count; i++) {
      durable.add(unforced.removeFirst());
    }
  }

  /** Some first part of what was not forced may have reached the disk all the same. */
  void crash(RandomGenerator random) {
    force(random.nextInt(unforced.size() + 1));
    unforced.clear();
  }

  Life newLife(long wallMillis, long randomBits) {
    lifeNumber = Math.max(lifeNumber + 1, wallMillis);
    return new Life(lifeNumber, randomBits);
  }

  void force(Life life) {
    lifeNumber = life.number();
  }

  /** As if an older copy of the folder had been put back. */
  void forgetLives() {
    lifeNumber = 0;
  }

  PersistentState recover() {
    var fold = new PersistentState.Fold();
    durable.forEach(record -> record.dispatch(fold));
    return fold.state();
  }
}
