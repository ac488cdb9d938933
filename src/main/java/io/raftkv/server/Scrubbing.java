package io.raftkv.server;

import io.raftkv.replica.Replica;
import io.raftkv.storage.Scrub;
import io.vertx.core.Vertx;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the files at rest read again, a step at a time on a worker, and replaces what is found
 * damaged by fresh snapshots: one for a damaged snapshot; two for a damaged log file, since only
 * what the older of the two that are kept covers is deleted from the log. Without new entries there
 * is no newer state to take; then what is owed is taken as soon as there are some.
 *
 * <p>Everything but the steps themselves is for the event loop.
 */
final class Scrubbing {
  private static final Logger LOG = LoggerFactory.getLogger(Scrubbing.class);
  private static final int FOR_A_SNAPSHOT = 1;
  private static final int FOR_A_LOG_FILE = 2;

  private final Vertx vertx;
  private final Scrub scrub;
  private final Replica replica;
  private final SnapshotRequests snapshots;
  private final Consumer<Runnable> turn;
  private boolean ended;
  private int owed;
  private long owedFrom;
  private long wanted;

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
    owed = Math.max(owed, damage.isLog() ? FOR_A_LOG_FILE : FOR_A_SNAPSHOT);
    owedFrom = applied();
    wantSnapshots();
  }

  private long applied() {
    return replica.status().appliedIndex();
  }

  /** Asks for the next snapshot that is owed, if there is something new to take one of. */
  void wantSnapshots() {
    if (owed > 0 && wanted <= snapshots.newest() && applied() > snapshots.newest()) {
      wanted = applied();
      turn.accept(replica::snapshotWanted);
    }
  }

  /** A snapshot of this server's own is durable that reaches up to here. */
  void saved(long index) {
    if (index >= owedFrom) {
      owed = Math.max(0, owed - 1);
    }
  }
}
