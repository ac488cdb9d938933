package io.raftkv.figures;

import io.raftkv.tools.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;

/** A phase that begins when a file gets its name in a server's folder. */
final class FilePhase implements Phase {
  private static final Duration COMES_WITHIN = Duration.ofSeconds(60);

  private final Pattern file;
  private final int spreadMillis;
  private final Sign sign;
  private String seen = "";

  /** Tells from a dead server's folder whether it died in the phase. */
  @FunctionalInterface
  private interface Sign {
    Proof of(DataFolder folder, String seen) throws IOException;
  }

  private FilePhase(Pattern file, int spreadMillis, Sign sign) {
    this.file = file;
    this.spreadMillis = spreadMillis;
    this.sign = sign;
  }

  /** A snapshot is being written; killed up to 100 ms behind its first byte. */
  static Phase snapshotWritten() {
    return new FilePhase(
        DataFolder.TEMPORARY_SNAPSHOT,
        100,
        (folder, seen) -> {
          var length = folder.length(seen);
          return new Proof(
              length.isPresent(),
              length.isPresent() ? seen + " of " + length.getAsLong() + " bytes" : "it was done");
        });
  }

  /** A snapshot has its name, and what it makes superfluous is still there. */
  static Phase snapshotRenamed() {
    return new FilePhase(
        DataFolder.SNAPSHOT,
        0,
        (folder, seen) -> {
          int covered = folder.coveredLogs();
          boolean isThere = folder.length(seen).isPresent();
          return new Proof(
              isThere && (folder.hasOldSnapshot() || covered > 0),
              "%d snapshots, %d log files to be deleted"
                  .formatted(folder.snapshots().size(), covered));
        });
  }

  /** A new log file has its name, and the one behind it is not begun. */
  static Phase logBegun() {
    return new FilePhase(
        DataFolder.LOG,
        0,
        (folder, seen) -> {
          boolean isNewest = folder.newestLog() == DataFolder.number(seen);
          boolean isNamed = folder.namedLog() >= DataFolder.number(seen);
          return new Proof(
              isNewest && !folder.hasSpare(),
              "%s, %s, %s"
                  .formatted(
                      isNewest ? seen + " is the newest" : seen + " is not the newest any more",
                      isNamed ? "identity names it" : "identity does not name it yet",
                      folder.hasSpare() ? "the next is begun" : "the next is not begun"));
        });
  }

  @Override
  public void reach(KillRound round) throws IOException, InterruptedException {
    try (var watch = new FolderWatch(round.data(round.watched()))) {
      seen = watch.await(file, COMES_WITHIN).orElse("");
    }
    if (spreadMillis > 0) {
      Waiting.pause(Duration.ofMillis(round.random().nextInt(spreadMillis)));
    }
  }

  @Override
  public Proof proof(KillRound round) throws IOException {
    return seen.isEmpty()
        ? new Proof(false, "it did not come")
        : sign.of(new DataFolder(round.data(round.watched())), seen);
  }
}
