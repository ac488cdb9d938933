package io.raftkv.launcher;

import java.io.PrintStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Prints lines in their order and never holds up who says them: where nobody reads, as behind a
 * stopped terminal, lines are dropped rather than servers stopped.
 */
final class Console {
  private static final int LINES_MAX = 4_096;
  private static final int CLOSE_SECONDS_MAX = 1;

  private final PrintStream out;
  private final ThreadPoolExecutor printer;

  Console(PrintStream out) {
    this.out = out;
    this.printer =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(LINES_MAX),
            Console::newThread,
            new ThreadPoolExecutor.DiscardPolicy());
  }

  private static Thread newThread(Runnable task) {
    var thread = new Thread(task, "console");
    thread.setDaemon(true);
    return thread;
  }

  void say(String line) {
    printer.execute(() -> out.println(line));
  }

  /** Waits a moment for what is still to be printed. */
  void close() {
    printer.shutdown();
    try {
      if (!printer.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        printer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
