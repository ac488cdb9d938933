package io.raftkv.server;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.raft.Configuration;
import io.raftkv.replica.ReplicaStatus;
import java.time.Duration;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what the cluster allows its store to grow to against this process's heap, and says when the
 * store is full.
 */
final class StoreWatch {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

  /** The store, and half of that for the log, what is under way, and the collector's room. */
  private static final double HEAP_FOR_STORE = 1.5;

  private static final long MEBI = 1 << 20;

  private static final Duration SAID_AGAIN_AFTER = Duration.ofMinutes(1);

  private final int id;
  private final long heapBytes;
  private long saidOfBound = Configuration.UNBOUNDED;
  private long saidOfRefused;
  private OptionalLong fullSaidNanos = OptionalLong.empty();

  /**
   * @param heapBytes how much this process may use
   */
  StoreWatch(int id, long heapBytes) {
    this.id = id;
    this.heapBytes = heapBytes;
  }

  /** What a new cluster allows where its file says nothing: half of the heap. */
  static long boundFor(long configured, long heapBytes) {
    return configured > 0 ? configured : heapBytes / 2;
  }

  /** The highest bound that this process can live with. */
  long boundMax() {
    return (long) (heapBytes / HEAP_FOR_STORE);
  }

  /**
   * Refuses to start where the store already holds more than the heap can, or where this server
   * would form a cluster with too high a bound. Whether the bound in its log still counts is not
   * known yet.
   *
   * @param configured the bound that its file asks for, 0 if it does not
   */
  void checkAtStart(ReplicaStatus status, long configured) {
    long held = status.storeBytes();
    if (held > boundMax()) {
      throw new Failure(
          ExitStatus.CONFIGURATION,
          "server %d has a heap of %d MiB, too small for the %d MiB that its store holds: give it"
                  .formatted(id, heapBytes / MEBI, held / MEBI)
              + " "
              + heapFor(held));
    }
    boolean mayForm = status.raft().configuration().isEmpty();
    if (mayForm && configured > boundMax()) {
      throw new Failure(
          ExitStatus.CONFIGURATION,
          "server %d has a heap of %d MiB, too small for a maxStoreBytes of %d: lower it to %d, or"
                  .formatted(id, heapBytes / MEBI, configured, boundMax())
              + " give it %s".formatted(heapFor(configured)));
    }
  }

  /**
   * The server knows what is committed, and is about to serve: stops where the store may grow to
   * more than the heap can hold.
   */
  void checkServing(ReplicaStatus status) {
    long bound = bound(status);
    if (isTooMuch(bound)) {
      throw new Failure(ExitStatus.CONFIGURATION, "server %d %s".formatted(id, complaint(bound)));
    }
    saidOfBound = bound;
    saidOfRefused = status.storeRefusals();
  }

  /**
   * Called now and then.
   *
   * @param nowNanos as of {@link System#nanoTime}
   */
  void check(ReplicaStatus status, long nowNanos) {
    if (!status.serving()) {
      return;
    }
    long bound = bound(status);
    boolean isSame = bound == saidOfBound;
    if (!isSame && isTooMuch(bound)) {
      LOG.error("server {} {}", id, complaint(bound));
    }
    if (isSame && status.storeRefusals() > saidOfRefused) {
      sayItIsFull(status, bound, nowNanos);
    }
    saidOfBound = bound;
    saidOfRefused = status.storeRefusals();
  }

  private boolean isTooMuch(long bound) {
    return bound != Configuration.UNBOUNDED && bound > boundMax();
  }

  private void sayItIsFull(ReplicaStatus status, long bound, long nowNanos) {
    if (fullSaidNanos.isPresent()
        && nowNanos - fullSaidNanos.getAsLong() < SAID_AGAIN_AFTER.toNanos()) {
      return;
    }
    fullSaidNanos = OptionalLong.of(nowNanos);
    LOG.warn(
        "server {}: the store is full, {} of {} bytes: sets that would make it grow get"
            + " ERR_INTERNAL until keys are deleted, or the limit is raised with"
            + " ./run.sh member limit BYTES",
        id,
        status.storeBytes(),
        bound);
  }

  private static long bound(ReplicaStatus status) {
    return status
        .raft()
        .configuration()
        .map(Configuration::storeBytesMax)
        .orElse(Configuration.UNBOUNDED);
  }

  private String complaint(long bound) {
    return ("has a heap of %d MiB, too small for the %d MiB that the cluster's store may hold: give"
            + " it %s, or lower the limit from a server that runs, with ./run.sh member limit %d")
        .formatted(heapBytes / MEBI, bound / MEBI, heapFor(bound), boundMax());
  }

  private static String heapFor(long bound) {
    long needed = (long) (bound * HEAP_FOR_STORE / MEBI) + 1;
    return "%d MiB, with RAFTKV_JAVA_OPTS=-Xmx%dm".formatted(needed, needed);
  }
}
