package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** How a server whose disk was lost comes to count again. */
class HealingTest {
  /** A leader of three whose followers hold everything; server 2 talks from another disk. */
  private static Lone leaderWithANewcomer(long newcomersMatch) {
    var leader = Lone.of(0, 3).lead();
    long term = leader.node.term();
    leader.receive(1, Lone.accepted(term, 2, 0)).flush();
    leader.receive(2, 999, Lone.accepted(term, newcomersMatch, 0)).flush();
    return leader;
  }

  private static void passWithBothAnswering(Lone leader, long millis, long newcomersMatch) {
    long term = leader.node.term();
    for (long passed = 0; passed < millis; passed += 100) {
      leader.tick(100).receive(1, Lone.accepted(term, 2, 0));
      leader.receive(2, 999, Lone.accepted(term, newcomersMatch, 0)).flush();
    }
  }

  private static long holderOfSeat2(Lone leader) {
    return leader.node.log().configuration().orElseThrow().seats().get(2).incarnation();
  }

  /** In between nobody counts in the name of the server whose promises are lost. */
  @Test
  void aSeatWhoseHolderIsGoneIsFirstEmptiedAndThenTaken() {
    var leader = leaderWithANewcomer(2);
    passWithBothAnswering(leader, Lone.TIMEOUT, 2);
    assertEquals(Configuration.Seat.EMPTY, holderOfSeat2(leader));
    assertEquals(3, leader.node.log().lastIndex());

    passWithBothAnswering(leader, Lone.TIMEOUT, 2);
    assertEquals(3, leader.node.log().lastIndex(), "not before that is committed");

    long term = leader.node.term();
    leader.force().receive(1, Lone.accepted(term, 3, 0)).flush();
    leader.receive(2, 999, Lone.accepted(term, 3, 0)).flush();
    assertEquals(999, holderOfSeat2(leader));
  }

  @Test
  void aSeatIsNotEmptiedBeforeItsHolderHasBeenSilentForAnElectionTimeout() {
    var leader = leaderWithANewcomer(2);
    passWithBothAnswering(leader, Lone.TIMEOUT - 100, 2);
    assertEquals(Lone.incarnation(2), holderOfSeat2(leader));

    leader.receive(2, Lone.accepted(leader.node.term(), 2, 0)).flush();
    passWithBothAnswering(leader, Lone.TIMEOUT - 100, 2);
    assertEquals(Lone.incarnation(2), holderOfSeat2(leader), "the holder was heard again");
  }

  @Test
  void aSeatIsNotEmptiedForANewcomerThatHasNotCaughtUp() {
    var leader = leaderWithANewcomer(1);
    passWithBothAnswering(leader, 3 * Lone.TIMEOUT, 1);
    assertEquals(Lone.incarnation(2), holderOfSeat2(leader));
  }
}
