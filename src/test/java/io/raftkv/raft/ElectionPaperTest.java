package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Invariant;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the dissertation claims of terms, votes and leaders, as far as we rely on it; each name ends
 * in the section.
 */
class ElectionPaperTest {
  @Test
  void aServerThatSeesAHigherTermAdoptsItAndFollows_3_3() {
    var leader = Lone.of(0, 3).lead();

    leader.receive(1, Lone.append(9, 1, 1, 0)).flush();

    assertEquals(9, leader.node.term());
    assertEquals(Role.Kind.FOLLOWER, leader.node.status().role());
    assertEquals(1, leader.node.leader());
  }

  @Test
  void aMessageOfAnOldTermIsRefusedWithTheNewOne_3_3() {
    var server = Lone.of(0, 3, 5, RaftNode.NOBODY);

    server.receive(1, Lone.append(4, 1, 1, 1));

    var reply = server.sent(Message.AppendEntriesReply.class).get(0);
    assertFalse(reply.success());
    assertEquals(5, reply.term());
    assertEquals(0, server.node.commitIndex());
  }

  @Test
  void aServerVotesOncePerTermFirstComeFirstServed_3_4() {
    var server = Lone.of(0, 3);

    server.receive(1, Lone.vote(2, 1, 1)).receive(2, Lone.vote(2, 1, 1)).flush().force();

    var votes = server.sent(Message.RequestVoteReply.class);
    assertEquals(1, votes.stream().filter(Message.RequestVoteReply::voteGranted).count());
  }

  @Test
  void theSameCandidateThatAsksAgainGetsTheSameVote_3_4() {
    var server = Lone.of(0, 3);
    server.receive(1, Lone.vote(2, 1, 1)).flush().force();
    server.sent();

    server.receive(1, Lone.vote(2, 1, 1));

    assertTrue(server.sent(Message.RequestVoteReply.class).get(0).voteGranted());
  }

  @Test
  void aVoteLeavesOnlyWhenItIsDurable_3_8() {
    var server = Lone.of(0, 3);

    server.receive(1, Lone.vote(2, 1, 1)).flush();

    assertEquals(List.of(), server.sent(Message.RequestVoteReply.class));
    server.force();
    assertTrue(server.sent(Message.RequestVoteReply.class).get(0).voteGranted());
    assertEquals(1, server.durable().votedFor());
  }

  @Test
  void aVoteOutlivesARestartAndIsNotGivenAgain_3_8() {
    var before = Lone.of(0, 3);
    before.receive(1, Lone.vote(2, 1, 1)).flush().force();

    var after = Lone.of(0, 3, before.durable().term(), before.durable().votedFor());
    after.receive(2, Lone.vote(2, 1, 1)).flush().force();

    assertFalse(after.sent(Message.RequestVoteReply.class).get(0).voteGranted());
  }

  @Test
  void aCandidateAsksInEarnestOnlyWhenItsOwnVoteIsDurable_3_8() {
    var candidate = Lone.of(0, 3).campaign();

    assertEquals(0, earnest(candidate.sent()));
    assertEquals(1, candidate.durable().term());
    candidate.force();
    assertEquals(2, earnest(candidate.sent()));
    assertEquals(2, candidate.durable().term());
  }

  @Test
  void aCandidateThatDiesBeforeItsVoteIsDurableHasAskedNobody_3_8() {
    var before = Lone.of(0, 3).campaign();
    assertEquals(2, before.node.term());
    assertEquals(0, earnest(before.sent()));

    var after = Lone.of(0, 3, before.durable().term(), before.durable().votedFor());
    after.receive(1, Lone.vote(2, 1, 1)).flush().force();

    assertTrue(after.sent(Message.RequestVoteReply.class).get(0).voteGranted());
  }

  private static long earnest(List<Message> sent) {
    return sent.stream()
        .filter(m -> m instanceof Message.RequestVote request && !request.preVote())
        .count();
  }

  @Test
  void aLeaderIsElectedByAMajorityAndSaysSoAtOnce_3_4() {
    var candidate = Lone.of(0, 5).campaign().force();
    candidate.sent();

    candidate.receive(1, Lone.granted(2, false)).flush();
    assertFalse(candidate.node.isLeader());
    candidate.receive(2, Lone.granted(2, false)).flush();

    assertTrue(candidate.node.isLeader());
    assertEquals(4, candidate.sent(Message.AppendEntries.class).size());
  }

  @Test
  void aVoteOfAnotherTermDoesNotCount_3_4() {
    var candidate = Lone.of(0, 3).campaign().force();

    candidate.receive(1, Lone.granted(1, false)).receive(2, Lone.granted(1, false)).flush();

    assertFalse(candidate.node.isLeader());
  }

  @Test
  void aCandidateThatHearsALeaderOfItsTermFollowsIt_3_4() {
    var candidate = Lone.of(0, 3).campaign().force();

    candidate.receive(1, Lone.append(2, 1, 1, 0)).flush();

    assertEquals(Role.Kind.FOLLOWER, candidate.node.status().role());
    assertEquals(1, candidate.node.leader());
  }

  @Test
  void twoLeadersInOneTermProveADefectAndStopTheServer_3_4() {
    var leader = Lone.of(0, 3).lead();

    var second = Lone.append(leader.node.term(), 1, 1, 0);

    assertThrows(Invariant.Broken.class, () -> leader.receive(1, second));
  }

  @Test
  void electionDeadlinesAreDrawnAnewEachTime_3_4() {
    var server = Lone.of(0, 3);
    var drawn = new HashSet<Long>();

    for (int i = 0; i < 20; i++) {
      server.tick(0).receive(1, Lone.heartbeat(1, 5_000 + i)).flush();
      drawn.add(server.node.nextDeadline());
    }

    assertTrue(drawn.size() > 10, drawn + "");
  }

  @Test
  void whatIsNotTheLeadersRestartsNoElectionTimer_3_4() {
    var server = Lone.of(0, 3, 3, RaftNode.NOBODY, 2, 2);
    server.receive(1, Lone.append(3, 3, 2, 0)).pass(500);
    long deadline = server.node.nextDeadline();

    server.receive(2, Lone.vote(3, 9, 1)).receive(2, Lone.preVote(4, 9, 1));
    server.receive(2, Lone.append(2, 1, 1, 0)).receive(2, new Message.Propose(List.of()));
    server.node.handle(new Event.Read(1));
    server.node.handle(new Event.Propose(List.of()));
    server.flush();

    assertEquals(deadline, server.node.nextDeadline());
  }

  @Test
  void aLaterTermAloneRestartsNoElectionTimer_3_4() {
    var server = Lone.of(0, 3, 3, RaftNode.NOBODY, 2, 2);
    server.receive(1, Lone.append(3, 3, 2, 0)).pass(500);
    long deadline = server.node.nextDeadline();

    server.receive(2, new Message.RequestVote(7, 1, 1, false, true)).flush();

    assertEquals(7, server.node.term());
    assertEquals(deadline, server.node.nextDeadline());
  }

  @Test
  void aVoteThatIsGivenRestartsTheElectionTimer_3_4() {
    var server = Lone.of(0, 3).pass(500);
    long deadline = server.node.nextDeadline();

    server.receive(2, Lone.vote(2, 1, 1)).flush();

    assertTrue(server.node.nextDeadline() >= 10_500 + Lone.TIMEOUT, deadline + "");
  }

  @Test
  void aVoterRefusesACandidateWhoseLogIsOlder_3_6_1() {
    long[][] logs = {{}, {1}, {1, 1}, {2}, {1, 2}, {2, 2}, {3}};
    for (long[] mine : logs) {
      for (long[] theirs : logs) {
        var voter = Lone.of(0, 3, 3, RaftNode.NOBODY, mine);
        long lastTerm = theirs.length == 0 ? 1 : theirs[theirs.length - 1];

        voter.receive(1, Lone.vote(4, 1 + theirs.length, lastTerm)).flush().force();

        boolean granted = voter.sent(Message.RequestVoteReply.class).get(0).voteGranted();
        long myTerm = mine.length == 0 ? 1 : mine[mine.length - 1];
        boolean upToDate =
            lastTerm > myTerm || (lastTerm == myTerm && theirs.length >= mine.length);
        assertEquals(upToDate, granted);
      }
    }
  }

  @Test
  void whoHearsALeaderLetsNoCandidateRaiseItsTerm_4_2_3() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0)).flush();

    follower.receive(2, Lone.vote(9, 5, 8)).receive(2, Lone.preVote(9, 5, 8)).flush().force();

    assertEquals(1, follower.node.term());
    assertTrue(
        follower.sent(Message.RequestVoteReply.class).stream().noneMatch(v -> v.voteGranted()));
  }

  @Test
  void whatTheLeaderOnceSaidAndTheNetworkRepeatsIsNoSignOfLife_4_2_3() {
    var server = Lone.of(0, 3);
    server.receive(1, Lone.heartbeat(1, 5_001)).pass(Lone.TIMEOUT - 100);

    server.receive(1, Lone.heartbeat(1, 5_001)).pass(200).sent();

    server.receive(2, Lone.preVote(2, 1, 1));
    assertTrue(server.sent(Message.RequestVoteReply.class).get(0).voteGranted());
  }

  @Test
  void theLeaderItselfThatCampaignsAgainIsNotProtectedFromItself_4_2_3() {
    var server = Lone.of(0, 3);
    server.receive(1, Lone.append(1, 1, 1, 1)).flush();
    server.sent();

    server.receive(1, Lone.preVote(2, 1, 1));

    assertTrue(server.sent(Message.RequestVoteReply.class).get(0).voteGranted());
  }

  @Test
  void aTransferMayReplaceALeaderThatIsHeard_3_10() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0)).flush();

    follower.receive(2, new Message.RequestVote(2, 5, 1, false, true)).flush().force();

    assertTrue(
        follower.sent(Message.RequestVoteReply.class).stream().anyMatch(v -> v.voteGranted()));
  }

  @Test
  void aTransferWaitsForACompleteLogAndTakesNoProposals_3_10() {
    var leader = Lone.of(0, 3).lead();
    long term = leader.node.term();

    leader.node.handle(new Event.TransferLeadership(1));
    assertEquals(List.of(), leader.sent(Message.TimeoutNow.class));
    assertFalse(leader.node.isAccepting());

    leader.receive(1, Lone.accepted(term, 2, 0));
    assertEquals(1, leader.sent(Message.TimeoutNow.class).size());
  }

  @Test
  void aTransferThatFailsEndsAfterATimeout_3_10() {
    var leader = Lone.of(0, 3).lead();
    long term = leader.node.term();
    leader.node.handle(new Event.TransferLeadership(1));

    for (int i = 0; i < 11; i++) {
      leader.tick(100).receive(1, Lone.accepted(term, 1, 0)).flush();
    }

    assertTrue(leader.node.isAccepting());
  }

  @Test
  void aServerAskedToLeadCampaignsWithoutAPreVote_3_10() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0)).flush();
    follower.sent();

    follower.receive(1, new Message.TimeoutNow(1)).flush().force();

    var requests = follower.sent(Message.RequestVote.class);
    assertEquals(2, requests.size());
    assertTrue(requests.stream().allMatch(r -> r.transfer() && !r.preVote()));
  }

  @Test
  void theLeaderAsksForOneElectionNotForAllThatFollow_3_10() {
    var server = Lone.of(0, 3);
    server
        .receive(1, Lone.append(1, 1, 1, 1))
        .receive(1, new Message.TimeoutNow(1))
        .flush()
        .force();
    assertTrue(server.sent(Message.RequestVote.class).get(0).transfer());

    server.pass(3 * Lone.TIMEOUT).receive(1, Lone.granted(3, true)).flush().force();

    var later = server.sent(Message.RequestVote.class).stream().filter(m -> !m.preVote()).toList();
    assertFalse(later.isEmpty());
    assertTrue(later.stream().noneMatch(Message.RequestVote::transfer));
  }

  @Test
  void aPreVoteChangesNothingOnEitherSide_9_6() {
    var voter = Lone.of(0, 3);
    long deadline = voter.node.nextDeadline();

    voter.receive(1, Lone.preVote(2, 1, 1));

    assertTrue(voter.sent(Message.RequestVoteReply.class).get(0).voteGranted());
    assertEquals(1, voter.node.term());
    assertEquals(List.of(), voter.records());
    assertEquals(deadline, voter.node.nextDeadline());
  }

  @Test
  void aServerThatCannotWinNeverRaisesItsTerm_9_6() {
    var lonely = Lone.of(0, 3);

    lonely.pass(20_000);

    assertEquals(1, lonely.node.term());
    assertEquals(List.of(), lonely.records());
  }

  @Test
  void aRefusedPreVoteTeachesTheCandidateAHigherTerm_9_6() {
    var candidate = Lone.of(0, 3).pass(2_100);

    candidate.receive(1, new Message.RequestVoteReply(8, false, true, -1, 0)).flush();

    assertEquals(8, candidate.node.term());
  }

  @Test
  void aLeaderThatHearsNoMajorityStepsDown_6_2() {
    var leader = Lone.of(0, 5).lead();

    for (int i = 0; i < 11; i++) {
      leader.tick(100).receive(1, Lone.accepted(leader.node.term(), 2, 0)).flush();
    }

    assertFalse(leader.node.isLeader());
  }

  /** Of two, the one that is ahead may be the bad one. */
  @Test
  void oneClockThatIsAheadDoesNotMoveTheTimeOfThree() {
    var server = Lone.of(0, 3).campaign().force();
    long month = 30L * 86_400_000;

    server.receive(1, vote(server.node.term(), 1_000_000 + month)).flush();

    assertTrue(server.node.isLeader());
    assertTrue(server.node.log().lastTime() < 1_000_000 + month, "it is not taken for the time");
  }

  /** A voter that is asked again when its link opens answers twice. */
  @Test
  void aVoterThatAnswersTwiceTellsTheTimeOnce() {
    var server = Lone.of(0, 5).campaign().force();
    long month = 30L * 86_400_000;
    long term = server.node.term();

    server.receive(1, vote(term, 1_000_000 + month)).flush();
    server.receive(1, vote(term, 1_000_000 + month)).flush();
    server.receive(2, vote(term, 1_000_000)).flush();

    assertTrue(server.node.isLeader());
    assertTrue(server.node.log().lastTime() < 1_000_000 + month, "it is not taken for the time");
  }

  private static Message.RequestVoteReply vote(long term, long wallTime) {
    return new Message.RequestVoteReply(
        term, true, false, Message.RequestVoteReply.NOT_HEARD, wallTime);
  }
}
