package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Orders of events that chance hardly ever meets, and in each of which a server could go wrong. */
class RareOrdersTest {
  private static long lastClaim(Lone follower) {
    return follower.sent(Message.AppendEntriesReply.class).stream()
        .mapToLong(Message.AppendEntriesReply::matchIndex)
        .max()
        .orElse(0);
  }

  @Test
  void aCandidateThatGaveWayDoesNotVoteAgainInItsTerm() {
    var candidate = Lone.of(0, 3).campaign().force();
    long term = candidate.node.term();
    candidate.receive(1, Lone.append(term, 1, 1, 0)).flush();
    candidate.node.handle(new Event.LinkClosed(1));
    candidate.sent();

    candidate.receive(2, Lone.vote(term, 1, 1)).flush().force();

    var replies = candidate.sent(Message.RequestVoteReply.class);
    assertEquals(1, replies.size());
    assertFalse(replies.get(0).voteGranted());
  }

  /** The term is durable already, so that nothing but the cut keeps the old claim back. */
  @Test
  void whatWasDurableBehindACutIsNotClaimedAnew() {
    var follower = Lone.of(0, 3, 1, RaftNode.NOBODY, 1, 1);
    follower.receive(2, Lone.append(2, 1, 1, 0)).flush().force();
    follower.sent();

    follower.receive(2, Lone.append(2, 1, 1, 0, Lone.entry(2, 2), Lone.entry(3, 2))).flush();
    assertTrue(lastClaim(follower) <= 1);

    follower.force();
    assertEquals(3, lastClaim(follower));
  }

  /** One write carries entries of the old leader and the new term; the next one cuts them off. */
  @Test
  void aWriteUnderWayDoesNotClaimWhatWasCutMeanwhile() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0, Lone.entry(2, 1), Lone.entry(3, 1)));
    follower.receive(2, Lone.append(2, 1, 1, 0)).flush();
    follower.receive(2, Lone.append(2, 1, 1, 0, Lone.entry(2, 2))).flush();
    follower.sent();

    follower.force(1);
    assertTrue(lastClaim(follower) <= 1);

    follower.force();
    assertEquals(2, lastClaim(follower));
  }

  @Test
  void aDeadlineThatHasJustPassedIsJudgedAfterTheQueue() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0)).flush();
    follower.sent();
    long now = follower.node.nextDeadline();
    follower.node.handle(new Event.Tick(now, now));

    follower.receive(1, Lone.append(1, 1, 1, 0));

    assertTrue(follower.sent(Message.RequestVote.class).isEmpty());
    assertEquals(1, follower.node.leader());
  }

  @Test
  void aHeldSeatIsNotGivenToANewDiskThatHasCaughtUp() {
    var leader = Lone.of(0, 3).lead();
    long term = leader.node.term();
    leader.receive(1, Lone.accepted(term, 2, 0)).flush();

    leader.receive(2, 999, Lone.accepted(term, 2, 0)).flush();
    leader.receive(2, 999, Lone.accepted(term, 2, 0)).flush();

    assertEquals(2, leader.node.log().lastIndex());
  }

  /** The log may not say otherwise later, so the reader waits for the entry that says it. */
  @Test
  void aReadWaitsForTheEntryThatSaysThatADeadlineHasCome() {
    var leader = Lone.of(0, 3).lead();
    long term = leader.node.term();
    leader.receive(1, Lone.accepted(term, 2, 0)).flush();
    leader.effects();

    leader.node.handle(new Event.Expire(leader.node.clusterTime(), false));
    leader.tick(10);
    leader.node.handle(new Event.Expire(leader.node.clusterTime(), false));
    leader.receive(1, new Message.ReadIndex(5)).flush();
    leader.sent();
    leader.receive(1, Lone.accepted(term, 2, 1));

    var replies = leader.sent(Message.ReadIndexReply.class);
    assertEquals(3, leader.node.log().lastIndex());
    assertEquals(3, replies.get(0).index());
  }

  /** Wall clocks count only where nobody has ever heard what time it is. */
  @Test
  void aNewLeaderGoesOnWithTheTimeThatWasHeard() {
    var candidate = Lone.of(0, 3);
    candidate.receive(1, Lone.append(1, 1, 1, 0)).flush();
    candidate.campaign().force();

    candidate.receive(1, Lone.granted(candidate.node.term(), false)).flush();

    long time = candidate.node.log().lastTime();
    assertTrue(time >= 5_000 && time < 20_000, time + "");
  }
}
