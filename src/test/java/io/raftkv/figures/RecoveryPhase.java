package io.raftkv.figures;

import io.raftkv.tools.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Servers that were killed read their folders, and are killed again: first at any moment from 10 to
 * 500 ms behind their start, then up to 800 ms behind the one at which they opened the folder.
 */
final class RecoveryPhase implements Phase {
  private static final Duration OPENS_WITHIN = Duration.ofSeconds(20);
  private static final int EARLY_MILLIS_MIN = 10;
  private static final int EARLY_MILLIS_MAX = 500;
  private static final int SPREAD_MILLIS = 800;
  private static final long LOOK_EVERY_NANOS = 1_000_000;

  private boolean opened;
  private long lifeBefore;

  @Override
  public void reach(KillRound round) throws IOException {
    var random = round.random();
    round.kill();
    round.startDead();
    Waiting.pause(
        Duration.ofMillis(EARLY_MILLIS_MIN + random.nextInt(EARLY_MILLIS_MAX - EARLY_MILLIS_MIN)));
    round.kill();
    lifeBefore = life(round);
    round.startDead();
    opened = awaitOpening(round);
    Waiting.pause(Duration.ofMillis(random.nextInt(SPREAD_MILLIS)));
  }

  private static boolean awaitOpening(KillRound round) {
    var folder = round.data(round.watched());
    long process = round.cluster().processId(round.watched());
    long deadline = System.nanoTime() + OPENS_WITHIN.toNanos();
    while (System.nanoTime() - deadline < 0) {
      if (hasOpen(process, folder)) {
        return true;
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
    return false;
  }

  private static boolean hasOpen(long process, Path folder) {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + process + "/fd"))) {
      return files.anyMatch(file -> leadsInto(file, folder));
    } catch (IOException gone) {
      return false;
    }
  }

  private static boolean leadsInto(Path link, Path folder) {
    try {
      return Files.readSymbolicLink(link).startsWith(folder);
    } catch (IOException closed) {
      return false;
    }
  }

  private static long life(KillRound round) throws IOException {
    return new DataFolder(round.data(round.watched())).life();
  }

  @Override
  public Proof proof(KillRound round) throws IOException {
    boolean serves = round.cluster().hasSaid(round.watched(), "serves clients on");
    boolean wasReading = life(round) == lifeBefore;
    return new Proof(
        opened && !serves,
        !opened
            ? "the folder was not opened"
            : wasReading ? "it was reading" : serves ? "it served" : "it had read, did not serve");
  }
}
