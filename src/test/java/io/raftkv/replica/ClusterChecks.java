package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.raft.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must hold after every event (dissertation, figure 3.2): one leader a term, one entry at each
 * committed index for ever, and nothing goes back.
 */
final class ClusterChecks {
  private final Map<Long, Integer> leaderOfTerm = new HashMap<>();
  private final List<Entry> committed = new ArrayList<>();
  private final Map<Integer, Seen> seen = new HashMap<>();

  private record Seen(long run, long term, long commitIndex) {}

  void observe(MemoryServer server) {
    if (!server.isUp()) {
      return;
    }
    var raft = server.replica().raft();
    if (raft.isLeader()) {
      Integer other = leaderOfTerm.putIfAbsent(raft.term(), server.id);
      assertTrue(other == null || other == server.id, "two leaders in term " + raft.term());
    }
    var before = seen.getOrDefault(server.id, new Seen(server.run(), 0, 0));
    boolean sameRun = before.run() == server.run();
    if (sameRun) {
      assertTrue(raft.term() >= before.term(), "a term went back");
      assertTrue(raft.commitIndex() >= before.commitIndex(), "a commit index went back");
    }
    long from = sameRun ? before.commitIndex() + 1 : 1;
    for (long index = from; index <= raft.commitIndex(); index++) {
      observeCommitted(raft.log().entry(index));
    }
    seen.put(server.id, new Seen(server.run(), raft.term(), raft.commitIndex()));
  }

  private void observeCommitted(Entry entry) {
    if (entry.index() <= committed.size()) {
      assertEquals(committed.get((int) entry.index() - 1), entry, "two entries at one index");
    } else {
      assertEquals(committed.size() + 1L, entry.index());
      committed.add(entry);
    }
  }

  /** Everything that is committed, from index 1. */
  List<Entry> committed() {
    return committed;
  }
}
