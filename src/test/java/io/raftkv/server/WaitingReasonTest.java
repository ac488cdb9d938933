package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.raftkv.base.Failure;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.RaftStatus;
import io.raftkv.raft.Role;
import io.raftkv.replica.ReplicaStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a server that is in no cluster yet says to those who wait for it. */
class WaitingReasonTest {
  private static final long BEGAN = Long.MAX_VALUE - 5;
  private static final long LONG = WaitingReason.LONG.toNanos();

  private final List<String> said = new ArrayList<>();
  private final WaitingReason reason = new WaitingReason(2, List.of(0, 1, 2), new Said(said));

  private static ReplicaStatus unheard(Integer... ids) {
    var raft =
        new RaftStatus(
            Role.Kind.FOLLOWER,
            0,
            RaftNode.NOBODY,
            0,
            0,
            0,
            true,
            Optional.empty(),
            Map.of(),
            false,
            List.of(ids));
    return new ReplicaStatus(raft, 0, 0, 0, 0, false);
  }

  @Test
  void othersAreToBeStartedAndFormIsSpokenOfOnlyWhenTheyWereSilentForLong() {
    reason.check(unheard(0, 1), BEGAN);
    reason.check(unheard(0, 1), BEGAN + LONG - 1);
    assertEquals(List.of("cluster not formed: no answer from servers 0, 1; start them"), said);

    reason.check(unheard(0, 1), BEGAN + LONG);
    reason.check(unheard(0, 1), BEGAN + 2 * LONG);

    assertEquals(2, said.size());
    assertEquals(
        "cluster not formed: no answer from servers 0, 1; start them, or form without them with"
            + " --form if you are sure that none of them has data",
        said.get(1));
  }

  @Test
  void oneServerIsSpokenOfAsOne() {
    reason.check(unheard(0), BEGAN);
    reason.check(unheard(0), BEGAN + LONG);

    assertEquals(
        List.of(
            "cluster not formed: no answer from server 0; start it",
            "cluster not formed: no answer from server 0; start it, or form without it with"
                + " --form if you are sure that it has no data"),
        said);
  }

  @Test
  void theVotesOfAllAreWaitedForInTheSameWay() {
    reason.check(unheard(), BEGAN);
    reason.check(unheard(), BEGAN + LONG);

    var needed =
        "cluster not formed: the first leader needs the votes of all servers; start those that are"
            + " down";
    assertEquals(needed, said.get(0));
    assertEquals(
        needed + ", or form without them with --form if you are sure that none of them has data",
        said.get(1));
  }

  /** Notes why the server waits; nothing else happens here. */
  private record Said(List<String> reasons) implements ServerListener {
    @Override
    public void serving() {
      throw new AssertionError();
    }

    @Override
    public void leaderChanged(int leader, long term) {
      throw new AssertionError();
    }

    @Override
    public void waiting(String why) {
      reasons.add(why);
    }

    @Override
    public void failing(Failure failure) {
      throw new AssertionError(failure);
    }

    @Override
    public void failed(Failure failure) {
      throw new AssertionError(failure);
    }
  }
}
