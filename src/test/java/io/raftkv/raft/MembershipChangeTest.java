package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes of the configuration that an operator asks for (dissertation, chapter 4). */
class MembershipChangeTest {
  private static final int REQUEST = 17;
  private static final int NEWCOMER = 3;

  /** A leader of three that has committed its first entry, at index 2. */
  private static Lone leader() {
    var leader = Lone.of(0, 3).lead();
    acknowledge(leader, 1, 2);
    acknowledge(leader, 2, 2);
    leader.effects();
    leader.sent();
    return leader;
  }

  private static void acknowledge(Lone leader, int from, long match) {
    leader.receive(from, Lone.accepted(leader.node.term(), match, 0)).flush();
  }

  private static List<String> change(Lone leader, Change change) {
    leader.node.handle(new Event.ChangeConfiguration(REQUEST, change));
    return answers(leader);
  }

  private static List<String> answers(Lone leader) {
    return leader.effects().stream()
        .filter(Effect.Changed.class::isInstance)
        .map(effect -> ((Effect.Changed) effect).refusal())
        .toList();
  }

  private static Configuration inForce(Lone leader) {
    return leader.node.log().configuration().orElseThrow();
  }

  /** Makes the newest entry durable everywhere among the first three. */
  private static void commit(Lone leader) {
    leader.force();
    acknowledge(leader, 1, leader.node.log().lastIndex());
    acknowledge(leader, 2, leader.node.log().lastIndex());
  }

  private static Lone leaderWithLearner() {
    var leader = leader();
    change(leader, new Change.AddLearner(NEWCOMER));
    commit(leader);
    answers(leader);
    return leader;
  }

  private static Lone leaderOfFour() {
    var leader = leaderWithLearner();
    acknowledge(leader, NEWCOMER, 3);
    change(leader, new Change.Promote(NEWCOMER));
    commit(leader);
    answers(leader);
    return leader;
  }

  @Test
  void aChangeIsInForceAtOnceAndAnsweredWhenItIsCommitted() {
    var leader = leader();

    assertEquals(List.of(), change(leader, new Change.AddLearner(NEWCOMER)));
    assertTrue(inForce(leader).has(NEWCOMER));
    commit(leader);
    assertEquals(List.of(Effect.Changed.DONE), answers(leader));
  }

  @Test
  void aLearnerIsSentTheLogAndCountsForNothing() {
    var leader = leaderWithLearner();
    long last = leader.node.log().lastIndex();
    leader.node.handle(new Event.Propose(List.of(Lone.entry(4, 1).command())));
    leader.flush().force();
    acknowledge(leader, 1, last + 1);
    assertEquals(last + 1, leader.node.commitIndex(), "two of three voters are a majority");

    leader.effects();
    leader.node.handle(new Event.Propose(List.of(Lone.entry(4, 1).command())));
    assertTrue(
        leader.effects().stream()
            .anyMatch(e -> e instanceof Effect.Send sent && sent.to() == NEWCOMER));

    acknowledge(leader, NEWCOMER, last + 2);
    leader.force();
    assertEquals(last + 1, leader.node.commitIndex(), "the leader and a learner are none");
  }

  @Test
  void aLearnerThatHasNotCaughtUpIsNotPromoted() {
    var leader = leaderWithLearner();
    var refused = change(leader, new Change.Promote(NEWCOMER));
    assertTrue(refused.get(0).contains("has not caught up"), refused.toString());

    acknowledge(leader, NEWCOMER, 2);
    refused = change(leader, new Change.Promote(NEWCOMER));
    assertTrue(refused.get(0).contains("has not caught up"), refused.toString());
  }

  @Test
  void aPromotedLearnerCountsFromThenOn() {
    var leader = leaderOfFour();
    long last = leader.node.log().lastIndex();
    leader.node.handle(new Event.Propose(List.of(Lone.entry(4, 1).command())));
    leader.flush().force();
    acknowledge(leader, 1, last + 1);
    assertEquals(last, leader.node.commitIndex(), "two of four are no majority");

    acknowledge(leader, NEWCOMER, last + 1);
    assertEquals(last + 1, leader.node.commitIndex());
  }

  @Test
  void oneChangeAtATime() {
    var leader = leader();
    change(leader, new Change.AddLearner(NEWCOMER));
    var refused = change(leader, new Change.Remove(2));

    assertTrue(refused.get(0).contains("another change is under way"), refused.toString());
    assertTrue(inForce(leader).has(2));
  }

  /** The correction of 2015: before that an older change may still be under way somewhere. */
  @Test
  void noChangeBeforeALeaderHasCommittedInItsOwnTerm() {
    var server = Lone.of(0, 3);
    server.receive(1, Lone.append(1, 1, 1, 1)).flush();
    assertEquals(1, server.node.commitIndex(), "the configuration itself is committed");
    var leader = server.lead();
    var refused = change(leader, new Change.Remove(2));

    assertTrue(refused.get(0).contains("try again"), refused.toString());
    assertTrue(inForce(leader).has(2));
  }

  @Test
  void aRemovedServerNoLongerCountsAndIsToldOnce() {
    var leader = leader();
    change(leader, new Change.Remove(2));
    leader.force();
    acknowledge(leader, 2, 3);
    assertEquals(2, leader.node.commitIndex(), "its acknowledgement counts no more");

    acknowledge(leader, 1, 3);
    assertEquals(List.of(Effect.Changed.DONE), answers(leader));
    leader.pass(500);
    assertTrue(
        leader.effects().stream().noneMatch(e -> e instanceof Effect.Send sent && sent.to() == 2));
  }

  @Test
  void aRemovedServerThatCampaignsDisturbsNobody() {
    var leader = leader();
    change(leader, new Change.Remove(2));
    leader.force();
    acknowledge(leader, 1, 3);
    long term = leader.node.term();
    leader.receive(2, Lone.vote(term + 5, 9, term)).flush();

    assertEquals(term, leader.node.term());
    assertTrue(leader.node.isLeader());
  }

  @Test
  void aLeaderThatRemovesItselfLeadsUntilThatIsCommittedWithoutCountingItself() {
    var leader = leader();
    change(leader, new Change.Remove(0));
    leader.force();
    acknowledge(leader, 1, 3);
    assertTrue(leader.node.isLeader(), "one of two is no majority");
    assertEquals(2, leader.node.commitIndex());

    acknowledge(leader, 2, 3);
    assertEquals(3, leader.node.commitIndex());
    assertFalse(leader.node.isLeader());
    assertTrue(leader.sent(Message.TimeoutNow.class).size() == 1, "another may lead at once");
    leader.pass(5 * Lone.TIMEOUT);
    assertTrue(leader.sent(Message.RequestVote.class).isEmpty(), "it campaigns no more");
  }

  /** It may be the only one to hold the entry that removes it (dissertation 4.2.2). */
  @Test
  void aServerWhoseRemovalIsNotCommittedStillCampaigns() {
    var leader = leader();
    change(leader, new Change.Remove(0));
    leader.force();
    leader.receive(1, Lone.heartbeat(leader.node.term() + 1, 1)).flush();
    assertFalse(leader.node.isLeader());
    leader.force().sent();
    leader.pass(3 * Lone.TIMEOUT);

    assertFalse(leader.sent(Message.RequestVote.class).isEmpty());
  }

  @Test
  void aChangeThatWouldLeaveTooFewAliveIsRefused() {
    var leader = leader();
    for (int passed = 0; passed <= Lone.TIMEOUT; passed += 100) {
      leader.tick(100);
      acknowledge(leader, 1, 2);
    }
    var refused = change(leader, new Change.Remove(1));
    assertTrue(refused.get(0).contains("would be left alive"), refused.toString());

    assertEquals(List.of(), change(leader, new Change.Remove(2)), "a dead one may go");
  }

  /** A process that was killed hangs up at once. */
  @Test
  void aServerThatHasHungUpDoesNotCountAsAliveUntilItIsHeardAgain() {
    var leader = leader();
    acknowledge(leader, 1, 2);
    acknowledge(leader, 2, 2);
    leader.node.handle(new Event.LinkClosed(2));
    leader.flush();

    var refused = change(leader, new Change.Remove(1));
    assertTrue(refused.get(0).contains("would be left alive"), refused.toString());

    acknowledge(leader, 2, 2);
    assertEquals(List.of(), change(leader, new Change.Remove(1)));
  }

  @Test
  void whatMakesNoSenseIsRefusedWithAReason() {
    var leader = leader();

    assertTrue(change(leader, new Change.AddLearner(1)).get(0).contains("is a member already"));
    assertTrue(change(leader, new Change.Promote(1)).get(0).contains("is a voter already"));
    assertTrue(change(leader, new Change.Promote(9)).get(0).contains("is not a member"));
    assertTrue(change(leader, new Change.Remove(9)).get(0).contains("is not a member"));
    assertTrue(change(leader, new Change.BoundStore(0)).get(0).contains("holds nothing"));
    var alone = Lone.of(0, 1).lead();
    alone.force();
    assertTrue(change(alone, new Change.Remove(0)).get(0).contains("is the only voter"));
  }

  @Test
  void whoDoesNotLeadSaysWhoDoes() {
    var follower = Lone.of(0, 3);
    assertTrue(change(follower, new Change.Remove(2)).get(0).contains("no leader is known"));
    follower.receive(1, Lone.heartbeat(2, 1)).flush();

    assertTrue(change(follower, new Change.Remove(2)).get(0).contains("server 1 leads"));
  }

  @Test
  void aLeaderThatStepsDownSaysThatTheOutcomeIsUnknown() {
    var leader = leader();
    change(leader, new Change.Remove(2));
    leader.receive(1, Lone.heartbeat(leader.node.term() + 1, 1)).flush();

    assertTrue(answers(leader).get(0).contains("the leader changed meanwhile"));
  }

  @Test
  void aChangeThatChangesNothingIsDoneAtOnce() {
    var leader = leader();
    long last = leader.node.log().lastIndex();

    var same = new Change.BoundStore(Configuration.UNBOUNDED);
    assertEquals(List.of(Effect.Changed.DONE), change(leader, same));
    assertEquals(last, leader.node.log().lastIndex());
  }

  /** A laggard learns of a member that leads by the very entries that this one sends. */
  @Test
  void aServerFollowsALeaderThatItDoesNotKnowAsAMemberYet() {
    var laggard = Lone.of(0, 3);
    laggard.receive(7, Lone.append(2, 1, 1, 0, Lone.entry(2, 2))).flush();

    assertEquals(7, laggard.node.leader());
    assertEquals(2, laggard.node.log().lastIndex());
  }

  @Test
  void aStrangersAcknowledgementsAndProposalsCountForNothing() {
    var leader = leader();
    leader.node.handle(new Event.Propose(List.of(Lone.entry(3, 1).command())));
    leader.flush().force();
    leader.receive(9, Lone.accepted(leader.node.term(), 3, 0)).flush();
    leader.receive(9, new Message.Propose(List.of(Lone.entry(4, 1).command()))).flush();

    assertEquals(2, leader.node.commitIndex());
    assertEquals(3, leader.node.log().lastIndex());
  }

  @Test
  void aTransferToAServerThatIsRemovedMeanwhileEnds() {
    var leader = leader();
    leader.node.handle(new Event.Propose(List.of(Lone.entry(3, 1).command())));
    leader.flush().force();
    leader.node.handle(new Event.TransferLeadership(2));
    assertFalse(leader.node.isAccepting());
    acknowledge(leader, 1, 3);
    change(leader, new Change.Remove(2));
    leader.force();
    acknowledge(leader, 1, 4);
    acknowledge(leader, 1, 4);

    assertTrue(leader.node.isAccepting());
  }

  /** What a follower cuts off its log is no longer in force (dissertation 4.1). */
  @Test
  void aConfigurationThatIsCutIsUndone() {
    var follower = Lone.of(0, 3);
    var four = inForce(follower).withLearner(NEWCOMER);
    var entry = new Entry(2, 2, 0, Entry.Kind.CONFIGURATION, four.encode());
    follower.receive(1, Lone.append(2, 1, 1, 0, entry)).flush();
    assertTrue(inForce(follower).has(NEWCOMER));
    follower.receive(2, Lone.append(3, 1, 1, 0, Lone.entry(2, 3))).flush();

    assertFalse(inForce(follower).has(NEWCOMER));
  }

  /** After a restart it does not know what is committed, but that all but the newest must be. */
  @Test
  void aServerWhoseRemovalIsNotCommittedStillCampaignsAfterARestart() {
    var leader = leader();
    change(leader, new Change.Remove(0));
    leader.force();

    var again = new Lone(0, 3, leader.durable());

    again.pass(3 * Lone.TIMEOUT);
    assertFalse(again.sent(Message.RequestVote.class).isEmpty());
  }

  /** Somebody else may sit there by now, and have voted otherwise. */
  @Test
  void itsOwnVoteDoesNotCountForASeatThatWasEmptied() {
    var seats =
        List.of(
            new Configuration.Seat(0, Configuration.Seat.EMPTY),
            new Configuration.Seat(1, Lone.incarnation(1)),
            new Configuration.Seat(2, Lone.incarnation(2)));
    var emptied = new Configuration(Lone.CLUSTER, seats).encode();
    var log = List.of(Lone.configuration(3), new Entry(2, 1, 0, Entry.Kind.CONFIGURATION, emptied));
    var server = new Lone(0, 3, new PersistentState(1, RaftNode.NOBODY, Lone.CLUSTER, log));
    while (server.node.status().role() == Role.Kind.FOLLOWER) {
      server.pass(10);
    }

    server.receive(1, Lone.granted(2, true)).flush();
    assertEquals(1, server.node.term(), "one of three is no majority");
    server.receive(2, Lone.granted(2, true)).flush().force();
    server.receive(1, Lone.granted(2, false)).flush();
    assertFalse(server.node.isLeader());
    server.receive(2, Lone.granted(2, false)).flush();

    assertTrue(server.node.isLeader());
  }

  @Test
  void aChangeThatIsCommittedIsAnsweredAlsoIfTheNextComesInTheSameTurn() {
    var leader = leader();
    change(leader, new Change.AddLearner(NEWCOMER));
    leader.force();
    leader.receive(1, Lone.accepted(leader.node.term(), 3, 0));
    leader.node.handle(new Event.ChangeConfiguration(REQUEST + 1, new Change.Remove(NEWCOMER)));

    assertEquals(
        List.of(new Effect.Changed(REQUEST, Effect.Changed.DONE)),
        leader.effects().stream().filter(Effect.Changed.class::isInstance).toList());
  }

  @Test
  void ofAServerThatBecomesAMemberAgainNothingIsKnown() {
    var leader = leaderWithLearner();
    acknowledge(leader, NEWCOMER, 3);
    leader.node.handle(new Event.ChangeConfiguration(REQUEST, new Change.Remove(NEWCOMER)));
    leader.flush().force();
    leader.receive(1, Lone.accepted(leader.node.term(), 4, 0));
    leader.node.handle(new Event.ChangeConfiguration(REQUEST, new Change.AddLearner(NEWCOMER)));
    leader.flush();

    assertEquals(0, leader.node.status().matched().get(NEWCOMER));
  }
}
