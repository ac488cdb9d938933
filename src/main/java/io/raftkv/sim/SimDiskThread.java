package io.raftkv.sim;

import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the disk thread does, without a thread: takes everything that is queued as one batch; while
 * that is being forced, the next gathers.
 */
final class SimDiskThread {
  private static final long MARK_AFTER = 50 * Timeline.MILLI;

  private final Timeline timeline;
  private final SimLog log;
  private final Runnable failed;
  private List<Task> queue = new ArrayList<>();
  private boolean busy;
  private boolean dead;
  private long batches;
  private long restedAfter;
  private long dropUpTo;
  private long givenUpCluster;
  private Runnable givenUp = () -> {};

  private record Task(List<LogRecord> records, Life life, Runnable done) {}

  /**
   * @param failed is run when the disk fails; then nothing more is done
   */
  SimDiskThread(Timeline timeline, SimLog log, Runnable failed) {
    this.timeline = timeline;
    this.log = log;
    this.failed = failed;
  }

  void write(List<LogRecord> records, Runnable done) {
    add(new Task(records, Life.NONE, done));
  }

  void forceLife(Life life, Runnable done) {
    add(new Task(List.of(), life, done));
  }

  /** Behind what is queued, the log drops what is no longer needed. */
  void dropLogUpTo(long index) {
    dropUpTo = Math.max(dropUpTo, index);
    add(new Task(List.of(), Life.NONE, () -> {}));
  }

  /**
   * Behind what is queued, this incarnation is over, and the process with it.
   *
   * @param noted is run when that is durable
   */
  void giveUp(long clusterId, Runnable noted) {
    givenUpCluster = clusterId;
    givenUp = noted;
    add(new Task(List.of(), Life.NONE, () -> {}));
  }

  /** Whether everything that was written is forced, and a mark behind it says so. */
  boolean isAtRest() {
    return !busy && queue.isEmpty() && restedAfter == batches && batches > 0;
  }

  /** The process is gone: nothing more is done, and nobody is told. */
  void stop() {
    dead = true;
  }

  private void add(Task task) {
    queue.add(task);
    if (!busy && !dead) {
      busy = true;
      timeline.after(1, this::perform);
    }
  }

  private void perform() {
    if (dead) {
      return;
    }
    var batch = queue;
    queue = new ArrayList<>();
    batches++;
    try {
      long end = timeline.now();
      var records = new ArrayList<LogRecord>();
      for (var task : batch) {
        records.addAll(task.records());
        if (!task.life().equals(Life.NONE)) {
          end = log.forceLife(timeline.now(), task.life());
        }
      }
      if (!records.isEmpty()) {
        end = log.write(end, records);
      }
      if (dropUpTo > 0) {
        end = Math.max(end, log.dropLogUpTo(end, dropUpTo));
        dropUpTo = 0;
      }
      if (givenUpCluster != 0) {
        giveUp(end);
        return;
      }
      timeline.at(end, () -> done(batch));
    } catch (IOException e) {
      fail();
    }
  }

  private void giveUp(long now) throws IOException {
    dead = true;
    long end = log.giveUp(now, givenUpCluster);
    timeline.at(end, givenUp);
    timeline.at(end, failed);
  }

  private void done(List<Task> batch) {
    if (dead) {
      return;
    }
    busy = false;
    batch.forEach(task -> task.done().run());
    if (!queue.isEmpty() && !busy) {
      busy = true;
      perform();
    } else if (!busy) {
      long rested = batches;
      timeline.after(MARK_AFTER, () -> rest(rested));
    }
  }

  private void rest(long rested) {
    if (batches == rested && !busy && !dead) {
      try {
        timeline.at(log.rest(timeline.now()), () -> restedAfter = rested);
      } catch (IOException e) {
        fail();
      }
    }
  }

  private void fail() {
    dead = true;
    timeline.after(1, failed);
  }
}
