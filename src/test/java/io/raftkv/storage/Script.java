package io.raftkv.storage;

import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A server's files through many writes and restarts: it is stopped in order, killed, and cut off
 * from power, at any operation. It knows what must be found if it dies now.
 */
final class Script {
  private static final StorageOptions SIZES = new StorageOptions(1 << 12, 1 << 20);

  private final RandomGenerator random;
  private final StorageOptions options;
  private final RandomRecords records;
  private final List<PersistentState> states = new ArrayList<>(List.of(PersistentState.EMPTY));
  private final CrashDisk.Watcher watcher;
  private CrashDisk disk = new CrashDisk();
  private Life life = Life.NONE;
  private int durable;
  private int restarts;
  private long operations;
  private boolean isDead;
  private long operationsLeft = Long.MAX_VALUE;

  /**
   * @param watcher hears of each operation before it is done
   */
  Script(RandomGenerator random, Machine machine, CrashDisk.Watcher watcher) {
    this.random = random;
    this.watcher = watcher;
    options = new StorageOptions(SIZES.segmentBytes(), SIZES.batchBytesMax(), disk, machine);
    records = new RandomRecords(random);
  }

  CrashDisk disk() {
    return disk;
  }

  int restarts() {
    return restarts;
  }

  long operations() {
    return operations;
  }

  /** The newest life that anybody can have heard of. */
  Life life() {
    return life;
  }

  /** All that was made durable, and behind it what has been begun, record by record. */
  List<PersistentState> possible() {
    return states.subList(durable, states.size());
  }

  /** The files on a disk that this one has become. */
  LogFiles open(CrashDisk other) {
    return LogFiles.open(CrashDisk.DIRECTORY, 3, options.withDisk(other));
  }

  /** Writes so many times, and restarts now and then. */
  void run(int steps) throws IOException {
    var files = start();
    for (int step = 0; step < steps; step++) {
      boolean isStopped = random.nextInt(60) == 0;
      if (random.nextInt(40) == 0) {
        operationsLeft = random.nextInt(8);
      }
      try {
        step(files);
        if (isStopped) {
          files.closeLog();
          files.unlock();
          files = start();
        }
      } catch (IOException e) {
        dieBecauseOf(e);
        files = start();
      }
    }
  }

  private void step(LogFiles files) throws IOException {
    if (random.nextInt(25) == 0) {
      var next = new Life(life.number() + 1 + random.nextInt(3), random.nextLong());
      files.forceLife(next);
      life = next;
      return;
    }
    var written = records.next();
    written.forEach(record -> states.add(after(states.get(states.size() - 1), record)));
    files.gather(written);
    files.flush();
    durable = states.size() - 1;
    if (random.nextInt(4) == 0) {
      files.mark();
    }
  }

  private static PersistentState after(PersistentState state, LogRecord record) {
    var fold = new PersistentState.Fold();
    new LogRecord.Vote(state.term(), state.votedFor()).dispatch(fold);
    new LogRecord.Joined(state.clusterId()).dispatch(fold);
    new LogRecord.Append(state.entries()).dispatch(fold);
    record.dispatch(fold);
    return fold.state();
  }

  /** Starts it, again and again if it dies on the way. */
  private LogFiles start() {
    while (true) {
      disk.watch(this::operate);
      try {
        var files = open(disk);
        goOn(files);
        return files;
      } catch (StorageFailure failure) {
        dieBecauseOf(failure);
      }
    }
  }

  private void operate(CrashDisk.Operation operation) throws IOException {
    watcher.before(operation);
    operations++;
    if (operationsLeft-- <= 0) {
      isDead = true;
      throw new CrashDisk.Dead();
    }
  }

  /** Kills it, or cuts its power; maybe again while it recovers. */
  private <E extends Exception> void dieBecauseOf(E failure) throws E {
    if (!isDead) {
      throw failure;
    }
    isDead = false;
    disk = random.nextBoolean() ? disk.afterKill() : disk.image(random);
    operationsLeft = random.nextInt(4) == 0 ? random.nextInt(8) : Long.MAX_VALUE;
  }

  private void goOn(LogFiles files) {
    restarts++;
    life = files.life();
    var found = files.recovered();
    durable += possible().indexOf(found);
    states.subList(durable + 1, states.size()).clear();
    records.goOnFrom(found);
  }
}
