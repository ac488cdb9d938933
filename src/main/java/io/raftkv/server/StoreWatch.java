package io.raftkv.server;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.raft.Configuration;
import io.raftkv.replica.ReplicaStatus;
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

  private final int id;
  private final long heapBytes;
  private long saidOfBound = Configuration.UNBOUNDED;
  private long saidOfRefused;

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

  /** Refuses to start where the store may grow to more than the heap can hold. */
  void checkAtStart(ReplicaStatus status) {
    long bound = bound(status);
    if (isTooMuch(bound)) {
      throw new Failure(ExitStatus.CONFIGURATION, "server %d %s".formatted(id, complaint(bound)));
    }
    saidOfRefused = status.storeRefusals();
  }

  private static long bound(ReplicaStatus status) {
    return status
        .raft()
        .configuration()
        .map(Configuration::storeBytesMax)
        .orElse(Configuration.UNBOUNDED);
  }

  private boolean isTooMuch(long bound) {
    return bound != Configuration.UNBOUNDED && bound > heapBytes / HEAP_FOR_STORE;
  }

  private String complaint(long bound) {
    return ("has a heap of %d MiB, too small for the %d MiB that the cluster's store may hold: give"
            + " it %d MiB, with RAFTKV_JAVA_OPTS=-Xmx%dm")
        .formatted(heapBytes / MEBI, bound / MEBI, needed(bound), needed(bound));
  }

  private static long needed(long bound) {
    return (long) (bound * HEAP_FOR_STORE / MEBI) + 1;
  }

  /** Called now and then. */
  void check(ReplicaStatus status) {
    long bound = bound(status);
    if (bound != saidOfBound && isTooMuch(bound)) {
      LOG.error("server {} {}", id, complaint(bound));
    }
    saidOfBound = bound;
    if (status.storeRefusals() > saidOfRefused) {
      LOG.warn(
          "server {}: the store is full, {} of {} bytes: sets that would make it grow get"
              + " ERR_INTERNAL until keys are deleted, or the bound is raised with"
              + " ./run.sh member limit BYTES",
          id,
          status.storeBytes(),
          bound);
    }
    saidOfRefused = status.storeRefusals();
  }
}
