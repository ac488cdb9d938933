package io.raftkv.tools;

import io.raftkv.check.Linearizability;
import io.raftkv.check.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Judges rounds that are over, one after the other, while the next ones go on. */
final class Judge {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            var daemon = new Thread(work, "judge");
            daemon.setDaemon(true);
            return daemon;
          });

  private final Tally tally;
  private final Findings findings;
  private final HistoryFile file;

  /**
   * @param file where each round is written down
   */
  Judge(Tally tally, Findings findings, HistoryFile file) {
    this.tally = tally;
    this.findings = findings;
    this.file = file;
  }

  /** Has a round judged, some time. */
  void submit(Round round, boolean versionsAreGlobal) {
    thread.execute(() -> judge(round, versionsAreGlobal));
  }

  /** Waits until all are judged; if that takes longer than {@code limit}, some remain undecided. */
  void finish(Duration limit) {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        findings.undecided("judging takes more than " + limit.toSeconds() + " s");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      findings.undecided("interrupted while judging");
    }
  }

  private void judge(Round round, boolean versionsAreGlobal) {
    var history = round.operations();
    try {
      file.write(history);
      if (findings.violation().isEmpty()) {
        note(Linearizability.check(history, versionsAreGlobal, Linearizability.Limits.DEFAULTS));
      }
    } catch (IOException failure) {
      findings.undecided("the history cannot be written: " + failure.getMessage());
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError failure) {
      findings.undecided("judging failed: " + failure);
    } finally {
      tally.judged(history.size());
    }
  }

  private void note(Verdict verdict) {
    if (verdict instanceof Verdict.Violation violation) {
      findings.violated(violation);
    } else if (verdict instanceof Verdict.Undecided undecided) {
      findings.undecided(undecided.reason());
    }
  }
}
