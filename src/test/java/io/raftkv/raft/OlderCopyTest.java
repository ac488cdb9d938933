package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A server whose disk is an older copy has forgotten what it acknowledged; its leader has not. */
class OlderCopyTest {
  private static final long TERM = 3;

  private static Lone leader() {
    var leader = Lone.of(0, 3).lead();
    leader.receive(1, Lone.accepted(leader.node.term(), 2, 0)).flush();
    leader.sent();
    return leader;
  }

  /** The answer of a follower whose log ends at this index. */
  private static void refuse(Lone leader, long incarnation, long last) {
    var refusal = new Message.AppendEntriesReply(leader.node.term(), false, 2, last, 1, 0);
    leader.receive(1, incarnation, refusal).flush();
  }

  private static Message.Acknowledged said(long incarnation, long index, long indexTerm) {
    return new Message.Acknowledged(TERM, Lone.CLUSTER, incarnation, index, indexTerm);
  }

  /** A follower in the leader's term with entries up to 3. */
  private static Lone follower() {
    var follower = Lone.of(1, 3);
    follower.receive(0, Lone.append(TERM, 1, 1, 1, Lone.entry(2, TERM), Lone.entry(3, TERM)));
    follower.flush().force();
    follower.sent();
    follower.effects();
    return follower;
  }

  private static List<Effect> givesUp(Lone follower) {
    return follower.effects().stream().filter(Effect.GivenUp.class::isInstance).toList();
  }

  @Test
  void aLeaderSaysWhatWasAcknowledgedToWhoeverDoesNotHaveItAnyMore() {
    var leader = leader();

    refuse(leader, Lone.incarnation(1), 1);

    assertEquals(
        List.of(
            new Message.Acknowledged(
                leader.node.term(), Lone.CLUSTER, Lone.incarnation(1), 2, leader.node.term())),
        leader.sent(Message.Acknowledged.class));
  }

  /** That one never acknowledged anything. */
  @Test
  void aNewIncarnationIsHeldAgainstNothing() {
    var leader = leader();

    refuse(leader, 999, 1);

    assertEquals(List.of(), leader.sent(Message.Acknowledged.class));
  }

  @Test
  void whoeverDoesNotHaveWhatItAcknowledgedGivesUpWhoItWas() {
    for (long[] gone : new long[][] {{4, TERM}, {4, 0}, {3, 2}}) {
      var follower = follower();

      follower.receive(0, said(Lone.incarnation(1), gone[0], gone[1]));

      assertEquals(
          List.of(new Effect.GivenUp(Lone.CLUSTER, Effect.GivenUp.Reason.OLDER_COPY, gone[0])),
          givesUp(follower));
    }
  }

  @Test
  void whatIsThereIsNoReasonToGiveUp() {
    var follower = follower();

    follower.receive(0, said(Lone.incarnation(1), 3, TERM));
    follower.receive(0, said(Lone.incarnation(1), 3, 0));
    follower.receive(0, said(Lone.incarnation(1), 2, TERM));

    assertEquals(List.of(), givesUp(follower));
  }

  /** An earlier incarnation, an earlier term or another server may have had more. */
  @Test
  void whatIsSaidToOthersIsNoReasonToGiveUp() {
    var follower = follower();

    follower.receive(0, said(999, 4, TERM));
    follower.receive(2, said(Lone.incarnation(1), 4, TERM));
    follower.receive(
        0, new Message.Acknowledged(TERM - 1, Lone.CLUSTER, Lone.incarnation(1), 4, 2));

    assertEquals(List.of(), givesUp(follower));
  }

  /** A vote in its name could elect a leader that lacks what it acknowledged. */
  @Test
  void whoeverGaveUpSaysNothingAnyMore() {
    var follower = follower();
    follower.receive(0, said(Lone.incarnation(1), 4, TERM)).flush().force();
    follower.sent();

    follower.receive(2, Lone.vote(TERM + 1, 9, TERM)).flush().force();
    follower.receive(0, Lone.append(TERM, 3, TERM, 3, Lone.entry(4, TERM))).flush().force();
    follower.pass(5 * Lone.TIMEOUT).force();

    assertTrue(follower.sent().isEmpty());
    assertEquals(TERM, follower.node.term());
  }

  /** The copy holds an entry there that a later leader had replaced: its hint is that entry. */
  @Test
  void aLeaderSaysSoAlsoWhereTheCopyHasAnotherEntry() {
    var leader = leader();

    refuse(leader, Lone.incarnation(1), 2);

    assertEquals(1, leader.sent(Message.Acknowledged.class).size());
  }
}
