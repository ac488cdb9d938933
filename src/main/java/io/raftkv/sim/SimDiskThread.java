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
  private List<Task> queue = new ArrayList<>();
  private boolean busy;
  private boolean dead;
  private long batches;

  private record Task(List<LogRecord> records, Life life, Runnable done, Runnable failed) {}

  SimDiskThread(Timeline timeline, SimLog log) {
    this.timeline = timeline;
    this.log = log;
  }

  void write(List<LogRecord> records, Runnable done, Runnable failed) {
    add(new Task(records, Life.NONE, done, failed));
  }

  void forceLife(Life life, Runnable done, Runnable failed) {
    add(new Task(List.of(), life, done, failed));
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
      timeline.at(end, () -> done(batch));
    } catch (IOException e) {
      dead = true;
      timeline.after(1, batch.get(0).failed());
    }
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
        log.rest(timeline.now());
      } catch (IOException e) {
        dead = true;
      }
    }
  }
}
