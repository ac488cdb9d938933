package io.raftkv.server;

import io.raftkv.replica.Replica;
import io.raftkv.storage.Scrub;
import io.vertx.core.Vertx;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the files at rest read again, a step at a time on a worker, and what is found damaged
 * replaced by fresh snapshots.
 *
 * <p>Everything but the steps themselves is for the event loop.
 */
final class Scrubbing {
  private static final Logger LOG = LoggerFactory.getLogger(Scrubbing.class);

  private final Vertx vertx;
  private final Scrub scrub;
  private final Replica replica;
  private final SnapshotRequests snapshots;
  private final Consumer<Runnable> turn;
  private final SnapshotsOwed owed = new SnapshotsOwed();
  private boolean ended;

  /**
   * @param snapshots knows the newest snapshot
   * @param turn runs what concerns the replica within a turn
   */
  Scrubbing(
      Vertx vertx,
      Scrub scrub,
      Replica replica,
      SnapshotRequests snapshots,
      Consumer<Runnable> turn) {
    this.vertx = vertx;
    this.scrub = scrub;
    this.replica = replica;
    this.snapshots = snapshots;
    this.turn = turn;
  }

  void begin() {
    plan(scrub.pace().firstMillis());
  }

  /** No step begins any more; the closing of the storage waits for one that is under way. */
  void end() {
    ended = true;
  }

  private void plan(long millis) {
    if (!ended) {
      vertx.setTimer(millis, ring -> step());
    }
  }

  private void step() {
    if (!ended) {
      vertx.executeBlocking(scrub::step).onSuccess(this::stepped).onFailure(this::failed);
    }
  }

  private void stepped(Scrub.Step step) {
    step.found().ifPresent(this::found);
    plan(step.isPassDone() ? scrub.pace().restMillis() : scrub.pace().pauseMillis());
  }

  /** It is no damage of a file, and not to be said each second. */
  private void failed(Throwable failure) {
    LOG.warn("the files at rest cannot be read again now, but later: {}", failure.toString());
    plan(scrub.pace().restMillis());
  }

  private void found(Scrub.Damage damage) {
    if (damage.isLog()) {
      LOG.error(
          "{}; takes snapshots so that this file is no longer needed and is deleted; until then a"
              + " start would stop at it",
          damage.what());
    }
    owed.found(damage.isLog(), applied());
    wantSnapshots();
  }

  private long applied() {
    return replica.status().appliedIndex();
  }

  /** Asks for the next snapshot that is owed; to be called now and then. */
  void wantSnapshots() {
    if (owed.isOwing() && owed.isToBeTaken(snapshots.newest(), applied())) {
      turn.accept(replica::snapshotWanted);
    }
  }

  /** A snapshot of this server's own is durable that reaches up to here. */
  void saved(long index) {
    owed.saved(index);
  }
}
