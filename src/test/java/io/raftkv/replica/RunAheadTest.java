package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Request;
import io.raftkv.kv.RequestId;
import io.raftkv.raft.Effect;
import io.raftkv.raft.Event;
import io.raftkv.raft.PersistentState;
import io.raftkv.raft.RaftConfig;
import io.raftkv.raft.RaftNode;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a leader lets into its log when disks are nearly full. */
class RunAheadTest {
  private static final Life LIFE = new Life(1, 1);
  private static final Bytes KEY = Bytes.utf8("k");

  private final RaftNode raft =
      new RaftNode(
          RaftConfig.of(0, 100, List.of(0), false, 1_000),
          PersistentState.EMPTY,
          new SplittableRandom(1));
  private final KvStore store = new KvStore();
  private final RunAhead runAhead = new RunAhead(raft, 1_000, () -> store);
  private long now;

  @BeforeEach
  void lead() {
    while (!raft.isLeader()) {
      now += 100;
      raft.handle(new Event.Tick(now, now));
      for (var effect : raft.flush()) {
        if (effect instanceof Effect.Write write) {
          raft.handle(new Event.Written(write.sequence()));
        }
      }
    }
  }

  private Proposal propose(long sequence, Request.Command command) {
    var proposal = new Proposal(new RequestId(0, LIFE, sequence), Optional.of(command));
    runAhead.propose(List.of(proposal.encode()));
    return Proposal.decode(raft.log().entry(raft.log().lastIndex()).command());
  }

  @Test
  void whatMayGrowBecomesAVoidOfTheSameNumberWhileDisksAreNearlyFull() {
    raft.handle(new Event.RoomChanged(true));
    var set = propose(1, new Request.Set(KEY, 0, KEY));
    var cas = propose(2, new Request.Cas(KEY, 0, 1, KEY));

    assertEquals(new Proposal(new RequestId(0, LIFE, 1), Optional.empty()), set);
    assertEquals(new Proposal(new RequestId(0, LIFE, 2), Optional.empty()), cas);
  }

  @Test
  void whatMakesRoomIsTakenAndWithRoomEverythingIs() {
    raft.handle(new Event.RoomChanged(true));
    assertTrue(propose(1, new Request.Delete(KEY)).command().isPresent());
    raft.handle(new Event.RoomChanged(false));
    assertTrue(propose(2, new Request.Set(KEY, 0, KEY)).command().isPresent());
  }
}
