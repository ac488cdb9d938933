package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The logs of the dissertation's figure 3.7, each made equal to the leader's (3.5). */
class Figure37Test {
  private static final int LEADER = 0;
  private static final int FOLLOWER = 1;

  /** The terms behind the configuration, which all logs share. */
  private static final long[] LEADERS = {1, 1, 1, 4, 4, 5, 5, 6, 6, 6};

  private static void check(long... followers) {
    var follower = Lone.of(FOLLOWER, 3, 7, RaftNode.NOBODY, followers);
    var leader = Lone.of(LEADER, 3, 7, RaftNode.NOBODY, LEADERS).lead();
    leader.node.handle(new Event.LinkOpened(FOLLOWER, Lone.incarnation(FOLLOWER), Lone.CLUSTER));

    int trips = exchange(leader, follower);

    long terms = LongStream.of(followers).distinct().count();
    assertTrue(trips <= terms + 4, trips + " trips for " + terms + " terms");
    var expected = leader.node.log();
    assertEquals(expected.lastIndex(), follower.node.log().lastIndex());
    for (long index = 1; index <= expected.lastIndex(); index++) {
      assertEquals(expected.entry(index), follower.node.log().entry(index));
    }
    assertEquals(expected.lastIndex(), leader.node.commitIndex());
  }

  /** Passes messages between the two until neither has anything to say. */
  private static int exchange(Lone leader, Lone follower) {
    int trips = 0;
    while (true) {
      var appends = leader.sent(Message.AppendEntries.class);
      if (appends.isEmpty()) {
        return trips;
      }
      trips++;
      // What it says to the third server is the same, and goes nowhere.
      appends.forEach(append -> follower.receive(LEADER, append));
      follower.flush().force();
      var replies = follower.sent(Message.AppendEntriesReply.class);
      replies.forEach(reply -> leader.receive(FOLLOWER, reply));
      leader.flush().force();
    }
  }

  @Test
  void aLogThatMissesOneEntryIsFilled() {
    check(1, 1, 1, 4, 4, 5, 5, 6, 6);
  }

  @Test
  void aLogThatMissesManyEntriesIsFilled() {
    check(1, 1, 1, 4);
  }

  @Test
  void anEntryTooManyIsCut() {
    check(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6);
  }

  @Test
  void entriesOfALaterTermAreCut() {
    check(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7);
  }

  @Test
  void entriesTooManyOfAnOldTermAreReplaced() {
    check(1, 1, 1, 4, 4, 4, 4);
  }

  @Test
  void aLogOfTermsThatTheLeaderNeverSawIsReplaced() {
    check(1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3);
  }
}
