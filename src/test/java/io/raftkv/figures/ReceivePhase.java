package io.raftkv.figures;

import io.raftkv.tools.Waiting;
import java.io.IOException;
import java.time.Duration;

/** A follower that missed what its leader no longer has in its log receives a snapshot. */
final class ReceivePhase implements Phase {
  private static final Duration COMES_WITHIN = Duration.ofSeconds(60);
  private static final int SPREAD_MILLIS = 600;

  private String seen = "";

  @Override
  public void reach(KillRound round) throws IOException, InterruptedException {
    int receiver = round.watched();
    round.cluster().kill(receiver);
    long last =
        round.members().stream()
            .flatMap(id -> new DataFolder(round.data(id)).snapshots().stream())
            .mapToLong(index -> index)
            .max()
            .orElse(0);
    boolean isBehind = Waiting.until(COMES_WITHIN, () -> allHaveTwoBehind(round, last));
    try (var watch = new FolderWatch(round.data(receiver))) {
      round.cluster().start(receiver);
      seen = isBehind ? watch.await(DataFolder.RECEIVING, COMES_WITHIN).orElse("") : "";
    }
    Waiting.pause(Duration.ofMillis(round.random().nextInt(SPREAD_MILLIS)));
  }

  /** The log behind the older of the two is all that they still have. */
  private static boolean allHaveTwoBehind(KillRound round, long index) {
    return round.members().stream()
        .filter(id -> id != round.watched())
        .allMatch(id -> new DataFolder(round.data(id)).oldestKept() > index);
  }

  @Override
  public Proof proof(KillRound round) {
    if (seen.isEmpty()) {
      return new Proof(false, "no snapshot was sent");
    }
    var length = new DataFolder(round.data(round.watched())).length(seen);
    long whole = DataFolder.number(seen);
    boolean isUnfinished = length.isPresent() && length.getAsLong() < whole;
    boolean receiverDied = !round.cluster().isStarted(round.watched());
    return new Proof(
        isUnfinished || length.isPresent() && receiverDied,
        length.isPresent()
            ? "%d of %d bytes received".formatted(length.getAsLong(), whole)
            : "all of it was received");
  }
}
