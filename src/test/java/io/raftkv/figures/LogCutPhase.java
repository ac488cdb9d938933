package io.raftkv.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Of the log files that a snapshot covers some are deleted, and some are not. They go within a
 * millisecond or two. So the server is first killed in front of such a cut, which leaves more to
 * the next; and from the moment at which that snapshot has its name this looks all the time, and
 * sleeps a little between, since the system favours those that do.
 */
final class LogCutPhase implements Phase {
  private static final Duration COMES_WITHIN = Duration.ofSeconds(60);
  private static final long CUT_WITHIN_NANOS = 5_000_000_000L;
  private static final long LOOK_EVERY_NANOS = 20_000;

  private boolean begun;

  @Override
  public void reach(KillRound round) throws IOException, InterruptedException {
    var path = round.data(round.watched());
    var folder = new DataFolder(path);
    try (var watch = new FolderWatch(path)) {
      if (watch.await(DataFolder.SNAPSHOT, COMES_WITHIN).isPresent()) {
        round.cluster().kill(round.watched());
        round.cluster().start(round.watched());
      }
      while (!begun && watch.await(DataFolder.SNAPSHOT, COMES_WITHIN).isPresent()) {
        var oldest = folder.oldestLog();
        begun = folder.coveredLogs() > 1 && isDeleted(oldest);
      }
    }
  }

  private static boolean isDeleted(Path file) {
    long deadline = System.nanoTime() + CUT_WITHIN_NANOS;
    while (System.nanoTime() - deadline < 0) {
      if (Files.notExists(file)) {
        return true;
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
    return false;
  }

  @Override
  public Proof proof(KillRound round) throws IOException {
    int covered = new DataFolder(round.data(round.watched())).coveredLogs();
    return new Proof(
        begun && covered > 0,
        begun ? covered + " more log files to be deleted" : "nothing was to be deleted");
  }
}
