package io.raftkv.storage;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Invariant;
import io.raftkv.kv.Life;
import io.raftkv.raft.Effect;
import io.raftkv.raft.LogRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk thread of a server: takes everything that is queued, writes it as one batch, forces
 * once, reports the last of it. While it forces, the next batch gathers. It is a plain thread that
 * nobody interrupts, because an interrupt would close the file under it. The queue is as long as
 * what consensus lets be under way.
 */
final class WalThread {
  private static final Logger LOG = LoggerFactory.getLogger(WalThread.class);
  private static final long MARK_AFTER_MILLIS = 50;
  private static final Task STOP = new Stop();

  private final LogFiles files;
  private final Storage.Listener listener;
  private final LinkedBlockingQueue<Task> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean ended;
  private long written;

  /** The last write that was gathered as a whole. */
  private long complete;

  private long dropUpTo;

  /** What the thread can be asked for. */
  sealed interface Task {
    /** Does it, or its part of what the end of this round does for all. */
    void perform(WalThread thread) throws IOException;
  }

  /** Make records durable. */
  record Write(long sequence, List<LogRecord> records) implements Task {
    @Override
    public void perform(WalThread thread) throws IOException {
      thread.gather(this);
    }
  }

  /** Make a life durable. */
  record ForceLife(Life life) implements Task {
    @Override
    public void perform(WalThread thread) throws IOException {
      thread.files.forceLife(life);
      thread.listener.lifeForced(life);
    }
  }

  /** Drop old files, behind all writes that were given before. */
  record Drop(long upTo) implements Task {
    @Override
    public void perform(WalThread thread) {
      thread.dropUpTo = Math.max(thread.dropUpTo, upTo);
    }
  }

  /** Note that this incarnation is over, and end. */
  record GiveUp(Effect.GivenUp why) implements Task {
    @Override
    public void perform(WalThread thread) throws IOException {
      thread.files.giveUp(why.clusterId());
      throw StorageFailure.untrusted(thread.files.path(), why);
    }
  }

  /** End, behind all that was given before. */
  private record Stop() implements Task {
    @Override
    public void perform(WalThread thread) {}
  }

  WalThread(LogFiles files, Storage.Listener listener) {
    this.files = files;
    this.listener = listener;
    thread = new Thread(this::run, "raftkv-disk-" + files.serverId());
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((self, error) -> failUnexpectedly(error));
  }

  void start() {
    thread.start();
  }

  /** Queues a task; once the thread has ended, there is nobody who could take it. */
  void add(Task task) {
    if (!ended) {
      queue.add(task);
    }
  }

  /** Lets the thread do what is queued, and waits for its end. */
  void finish() {
    queue.add(STOP);
    files.stopWaiting();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      var tasks = new ArrayList<Task>();
      while (takeAll(tasks)) {
        perform(tasks);
        tasks.clear();
      }
    } catch (IOException e) {
      fail(StorageFailure.disk(files.path(), e));
    } catch (StorageFailure over) {
      fail(over);
    } catch (RuntimeException | Error e) {
      failUnexpectedly(e);
    } finally {
      ended = true;
      queue.clear();
      closeFiles();
    }
  }

  private void failUnexpectedly(Throwable error) {
    LOG.error("the disk thread of {} fails", files.path(), error);
    fail(new Failure(ExitStatus.UNEXPECTED, "the disk thread stops: " + error, error));
  }

  private void fail(Failure failure) {
    listener.failed(failure);
  }

  private void closeFiles() {
    try {
      files.closeLog();
    } catch (IOException e) {
      LOG.warn("closing the log of {} failed: {}", files.path(), e.toString());
    }
  }

  /** Waits for tasks; false once there will be none any more. */
  private boolean takeAll(List<Task> tasks) throws IOException {
    var first = poll();
    if (first == null) {
      files.mark();
      first = take();
    }
    tasks.add(first);
    queue.drainTo(tasks);
    int stop = tasks.indexOf(STOP);
    if (stop >= 0) {
      tasks.subList(stop, tasks.size()).clear();
      perform(tasks);
      files.mark();
    }
    return stop < 0;
  }

  private @Nullable Task poll() {
    try {
      return queue.poll(MARK_AFTER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return null;
    }
  }

  private Task take() {
    while (true) {
      try {
        return queue.take();
      } catch (InterruptedException e) {
        LOG.warn("the disk thread does not let itself be interrupted");
      }
    }
  }

  private void perform(List<Task> tasks) throws IOException {
    for (var task : tasks) {
      task.perform(this);
    }
    flush();
    if (dropUpTo > 0) {
      files.dropLogUpTo(dropUpTo);
      dropUpTo = 0;
    }
  }

  private void gather(Write write) throws IOException {
    Invariant.check(
        write.sequence() > complete, "writes come in order", write.sequence(), complete);
    for (var record : write.records()) {
      if (files.isBatchFull()) {
        flush();
      }
      files.gather(record);
    }
    complete = write.sequence();
  }

  /** Makes durable what is gathered, which ends with the last complete write or in a later one. */
  private void flush() throws IOException {
    files.flush();
    if (complete > written) {
      written = complete;
      listener.written(complete);
    }
  }
}
