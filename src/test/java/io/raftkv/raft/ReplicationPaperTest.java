package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What the dissertation claims of logs, commits and reads, as far as we rely on it; each name ends
 * in the section.
 */
class ReplicationPaperTest {
  private static final Bytes COMMAND = Bytes.utf8("x");

  @Test
  void aFollowerRefusesEntriesThatLeaveAGap_3_5() {
    var follower = Lone.of(0, 3);

    follower.receive(1, Lone.append(1, 5, 1, 0, Lone.entry(6, 1)));

    var reply = follower.sent(Message.AppendEntriesReply.class).get(0);
    assertFalse(reply.success());
    assertEquals(1, reply.hintIndex());
    assertEquals(1, follower.node.log().lastIndex());
  }

  @Test
  void aFollowerRefusesEntriesBehindOneOfAnotherTerm_3_5() {
    var follower = Lone.of(0, 3, 3, RaftNode.NOBODY, 2);

    follower.receive(1, Lone.append(4, 2, 3, 0, Lone.entry(3, 4)));

    assertFalse(follower.sent(Message.AppendEntriesReply.class).get(0).success());
    assertEquals(2, follower.node.log().lastIndex());
  }

  @Test
  void aFollowerCutsWhatConflictsAndAllBehindIt_3_5() {
    var follower = Lone.of(0, 3, 3, RaftNode.NOBODY, 2, 2, 2);

    follower.receive(1, Lone.append(4, 2, 2, 0, Lone.entry(3, 4))).flush().force();

    assertEquals(3, follower.node.log().lastIndex());
    assertEquals(4, follower.node.log().term(3));
    assertTrue(follower.records().contains(new LogRecord.TruncateSuffix(3)));
  }

  @Test
  void anOldOrRepeatedAppendCutsNothing_3_5() {
    var follower = Lone.of(0, 3, 3, RaftNode.NOBODY, 2, 2, 2);

    follower.receive(1, Lone.append(3, 1, 1, 0, Lone.entry(2, 2))).flush();

    assertEquals(4, follower.node.log().lastIndex());
  }

  @Test
  void anAcknowledgementNamesOnlyWhatThatLeaderIsKnownToHold_3_5() {
    var follower = Lone.of(0, 3, 3, RaftNode.NOBODY, 2, 2, 2);

    follower.receive(1, Lone.append(3, 1, 1, 0, Lone.entry(2, 2))).flush().force();

    assertEquals(2, lastReply(follower).matchIndex());
  }

  @Test
  void anAcknowledgementNamesOnlyWhatIsDurable_10_2_1() {
    var follower = Lone.of(0, 3);

    follower.receive(1, Lone.append(1, 1, 1, 0, Lone.entry(2, 1)));
    var before = follower.sent(Message.AppendEntriesReply.class);
    follower.force();

    assertTrue(before.stream().allMatch(reply -> reply.matchIndex() <= 1), before + "");
    assertEquals(2, lastReply(follower).matchIndex());
  }

  private static Message.AppendEntriesReply lastReply(Lone server) {
    var replies = server.sent(Message.AppendEntriesReply.class);
    return replies.get(replies.size() - 1);
  }

  @Test
  void aFollowerCommitsNothingThatItDoesNotShareWithTheLeader_3_5() {
    var follower = Lone.of(0, 3, 3, RaftNode.NOBODY, 2, 2, 2);

    follower.receive(1, Lone.append(3, 1, 1, 4, Lone.entry(2, 2))).flush();

    assertEquals(2, follower.node.commitIndex());
  }

  @Test
  void aCommitIndexBeyondTheLogCommitsNothingAndIsRefused_3_5() {
    var follower = Lone.of(0, 3);

    follower.receive(1, Lone.append(1, 9, 1, 9));

    assertFalse(lastReply(follower).success());
    assertEquals(0, follower.node.commitIndex());
  }

  @Test
  void aServerThatWouldCutACommittedEntryStops_3_6_3() {
    var follower = Lone.of(0, 3, 2, RaftNode.NOBODY, 2);
    follower.receive(1, Lone.append(2, 2, 2, 2)).flush();

    var other = Lone.append(3, 1, 1, 0, Lone.entry(2, 3));

    assertThrows(Invariant.Broken.class, () -> follower.receive(2, other));
  }

  @Test
  void aLeaderFindsTheLastCommonEntryInOneStepForEachTerm_3_5() {
    long[] terms = new long[10_000];
    java.util.Arrays.fill(terms, 2);
    var leader = Lone.of(0, 3, 3, RaftNode.NOBODY, terms).lead();
    var follower = new RaftLog(List.of(Lone.configuration(3)));

    int refusals = 0;
    long next = leader.node.log().lastIndex();
    while (next > follower.lastIndex()) {
      long hint = follower.lastIndexOfTermAtMost(next, leader.node.log().term(next));
      leader.receive(
          1,
          new Message.AppendEntriesReply(
              leader.node.term(), false, next, hint, follower.term(hint), 0));
      refusals++;
      next = leader.sent(Message.AppendEntries.class).get(0).prevLogIndex();
    }

    assertTrue(refusals <= 2, refusals + " refusals");
  }

  @Test
  void aLeaderCommitsWhatAMajorityHolds_3_5() {
    var leader = Lone.of(0, 5).lead();
    long term = leader.node.term();

    leader.receive(1, Lone.accepted(term, 2, 0)).flush();
    assertEquals(0, leader.node.commitIndex());
    leader.receive(2, Lone.accepted(term, 2, 0)).flush();

    assertEquals(2, leader.node.commitIndex());
  }

  @Test
  void aLeadersOwnDiskIsOneOfTheMajority_10_2_1() {
    var leader = Lone.of(0, 5).lead();
    long term = leader.node.term();
    leader.node.handle(new Event.Propose(List.of(COMMAND)));
    leader.flush();

    leader.receive(1, Lone.accepted(term, 3, 0)).receive(2, Lone.accepted(term, 3, 0)).flush();

    assertEquals(2, leader.node.commitIndex());
    leader.receive(3, Lone.accepted(term, 3, 0)).flush();
    assertEquals(3, leader.node.commitIndex());
  }

  @Test
  void entriesLeaveForTheFollowersBeforeTheLeaderHasForcedThem_10_2_1() {
    var leader = Lone.of(0, 3).lead();
    leader.receive(1, Lone.accepted(leader.node.term(), 2, 0)).flush();
    leader.sent();

    leader.node.handle(new Event.Propose(List.of(COMMAND)));

    var sent = leader.sent(Message.AppendEntries.class);
    assertTrue(sent.stream().anyMatch(m -> m.entries().size() == 1), sent + "");
  }

  @Test
  void aLeaderDoesNotWaitForOneAnswerBeforeItSendsMore_10_2_2() {
    var leader = Lone.of(0, 3).lead();
    leader.receive(1, Lone.accepted(leader.node.term(), 2, 0)).flush();
    leader.sent();

    for (int i = 0; i < 3; i++) {
      leader.node.handle(new Event.Propose(List.of(COMMAND)));
      leader.flush();
    }

    var prevs =
        leader.sent(Message.AppendEntries.class).stream()
            .filter(m -> !m.entries().isEmpty() && m.prevLogIndex() >= 2)
            .map(Message.AppendEntries::prevLogIndex)
            .collect(Collectors.toSet());
    assertEquals(java.util.Set.of(2L, 3L, 4L), prevs);
  }

  @Test
  void anOlderTermsEntryIsNotCommittedByCounting_3_6_2() {
    var leader = Lone.of(0, 5, 2, RaftNode.NOBODY, 2).lead();
    long term = leader.node.term();

    for (int peer = 1; peer < 5; peer++) {
      leader.receive(peer, Lone.accepted(term, 2, 0)).flush();
    }
    assertEquals(0, leader.node.commitIndex());

    leader.receive(1, Lone.accepted(term, 3, 0)).receive(2, Lone.accepted(term, 3, 0)).flush();
    assertEquals(3, leader.node.commitIndex());
  }

  @Test
  void aNewLeaderAppendsAnEntryOfItsTermAtOnce_6_4() {
    var leader = Lone.of(0, 3).lead();

    assertEquals(2, leader.node.log().lastIndex());
    assertEquals(leader.node.term(), leader.node.log().lastTerm());
  }

  @Test
  void aReadIsConfirmedOnlyByARoundThatBeganAfterIt_6_4() {
    var leader = Lone.of(0, 3).lead();
    long term = leader.node.term();
    leader.receive(1, Lone.accepted(term, 2, 0)).flush();
    leader.node.handle(new Event.Read(1));
    leader.flush();
    leader.node.handle(new Event.Read(2));
    leader.effects();

    leader.receive(1, Lone.accepted(term, 2, 1));
    assertEquals(List.of(new Effect.ReadReady(1, 2)), reads(leader));

    leader.receive(2, Lone.accepted(term, 2, 1));
    assertEquals(List.of(), reads(leader));
    leader.receive(2, Lone.accepted(term, 2, 2));
    assertEquals(List.of(new Effect.ReadReady(2, 2)), reads(leader));
  }

  private static List<Effect> reads(Lone server) {
    return server.effects().stream().filter(e -> e instanceof Effect.ReadReady).toList();
  }

  @Test
  void aNewLeaderAnswersNoReadBelowItsFirstEntry_6_4() {
    var leader = Lone.of(0, 3).lead();

    leader.receive(1, new Message.ReadIndex(5)).flush();
    leader.receive(1, Lone.accepted(leader.node.term(), 1, 1));

    var replies = leader.sent(Message.ReadIndexReply.class);
    assertEquals(List.of(new Message.ReadIndexReply(5, 2)), replies);
  }

  @Test
  void aLeaderWhoseDiskHangsHandsOverWhileTheOthersCanGoOn_10_2_1() {
    var leader = Lone.of(0, 3).lead();
    long term = leader.node.term();
    leader.node.handle(new Event.Propose(List.of(COMMAND)));
    leader.flush();

    for (int i = 0; i < 11; i++) {
      leader.tick(100);
      leader.receive(1, Lone.accepted(term, 3, 0)).receive(2, Lone.accepted(term, 3, 0)).flush();
    }

    assertFalse(leader.node.isLeader());
    assertEquals(1, leader.sent(Message.TimeoutNow.class).size());
  }
}
