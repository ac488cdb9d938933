package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.RaftStatus;
import io.raftkv.raft.Role;
import io.raftkv.replica.ReplicaStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Whether a heap is enough for what the cluster allows its store to grow to. */
class StoreWatchTest {
  private static final long MEBI = 1 << 20;
  private static final long CLUSTER = 7;

  private final StoreWatch watch = new StoreWatch(3, 300 * MEBI);

  /** A server whose log says so, and whose store holds so much. */
  private static ReplicaStatus status(long clusterId, Optional<Long> bound, long bytes) {
    var configuration =
        bound.map(b -> new Configuration(CLUSTER, b, List.of(new Configuration.Seat(3, 9))));
    var raft =
        new RaftStatus(
            Role.Kind.FOLLOWER,
            1,
            0,
            5,
            5,
            clusterId,
            true,
            configuration,
            Map.of(),
            false,
            List.of());
    return new ReplicaStatus(raft, 5, 1, bytes, 0, true);
  }

  private static String refusal(Executable start) {
    var failure = assertThrows(Failure.class, start);
    assertEquals(ExitStatus.CONFIGURATION, failure.status());
    return String.valueOf(failure.getMessage());
  }

  @Test
  void aServerThatWouldFormAClusterWithMoreThanItsHeapCanHoldDoesNotStart() {
    var empty = status(0, Optional.empty(), 0);

    watch.checkAtStart(empty, 200 * MEBI);
    var text = refusal(() -> watch.checkAtStart(empty, 201 * MEBI));

    assertTrue(text.contains("maxStoreBytes"), text);
    assertTrue(text.contains("-Xmx302m"), text);
  }

  @Test
  void whatTheFileAsksForDoesNotCountOnceThereIsACluster() {
    watch.checkAtStart(status(CLUSTER, Optional.of(100 * MEBI), 0), 201 * MEBI);
  }

  /** The bound may have been lowered since. */
  @Test
  void aBoundThatIsTooHighIsJudgedWhenTheServerKnowsThatItStillCounts() {
    var old = status(CLUSTER, Optional.of(900 * MEBI), MEBI);

    watch.checkAtStart(old, 0);
    watch.checkServing(status(CLUSTER, Optional.of(200 * MEBI), MEBI));
    var text = refusal(() -> watch.checkServing(old));

    assertTrue(text.contains("member limit 209715200"), text);
  }

  @Test
  void dataThatTheHeapCannotHoldAreRefusedAtOnce() {
    refusal(() -> watch.checkAtStart(status(CLUSTER, Optional.of(900 * MEBI), 201 * MEBI), 0));
  }

  @Test
  void withoutABoundNothingIsTooMuch() {
    watch.checkServing(status(CLUSTER, Optional.of(Configuration.UNBOUNDED), MEBI));
  }
}
