package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How a cluster forms, and whose vote and acknowledgement count. */
class SeatsTest {
  private static final List<Integer> MEMBERS = List.of(0, 1, 2);

  private long now = 1_000;

  private RaftNode empty(boolean form) {
    var config = RaftConfig.of(0, Lone.incarnation(0), MEMBERS, form, Lone.TIMEOUT);
    var node = new RaftNode(config, PersistentState.EMPTY, new SplittableRandom(1));
    node.handle(new Event.Tick(now, 50_000));
    node.flush();
    return node;
  }

  private static void opened(RaftNode node, int peer, long clusterId) {
    node.handle(new Event.LinkOpened(peer, Lone.incarnation(peer), clusterId));
  }

  /** Whether the node asks anybody for anything in the next few timeouts. */
  private boolean campaigns(RaftNode node) {
    for (int i = 0; i < 500; i++) {
      now += 10;
      node.handle(new Event.Tick(now, 50_000 + now));
      boolean asks =
          node.flush().stream()
              .anyMatch(
                  e -> e instanceof Effect.Send s && s.message() instanceof Message.RequestVote);
      if (asks) {
        return true;
      }
    }
    return false;
  }

  @Test
  void anEmptyServerWaitsForAllOthersOfTheFile() {
    var node = empty(false);
    opened(node, 1, 0);

    assertFalse(campaigns(node));
    assertEquals(List.of(2), node.status().unheard());
    opened(node, 2, 0);
    assertTrue(campaigns(node));
  }

  @Test
  void byTheOperatorsWordAMajorityIsEnough() {
    var node = empty(true);

    assertFalse(campaigns(node));
    opened(node, 1, 0);
    assertTrue(campaigns(node));
  }

  /** One that refuses may hold the first entries of a cluster of which nobody else knows yet. */
  @Test
  void theFirstLeaderNeedsTheVotesOfAll() {
    var node = empty(false);
    opened(node, 1, 0);
    opened(node, 2, 0);
    assertTrue(campaigns(node));
    receive(node, 1, Lone.granted(1, true));
    node.flush();
    assertEquals(0, node.status().term());

    receive(node, 2, Lone.granted(1, true));
    write(node);
    receive(node, 1, Lone.granted(1, false));
    node.flush();
    assertFalse(node.isLeader());
    receive(node, 2, Lone.granted(1, false));

    assertTrue(node.isLeader());
  }

  /** Nothing can be forgotten in its name that all others would not remember. */
  @Test
  void whileNoClusterIsFormedWhoeverTalksCountsAlsoInAnothersPlace() {
    var node = empty(false);
    opened(node, 1, 0);
    opened(node, 2, 0);
    node.handle(new Event.LinkOpened(2, 999, 0));
    assertTrue(campaigns(node));
    receive(node, 1, Lone.granted(1, true));
    node.handle(new Event.Receive(2, 999, Lone.granted(1, true)));
    write(node);
    receive(node, 1, Lone.granted(1, false));
    node.handle(new Event.Receive(2, 999, Lone.granted(1, false)));
    node.flush();

    assertTrue(node.isLeader());
    assertTrue(Configuration.decode(node.log().entry(1).command()).seats(2, 999));
  }

  @Test
  void whoeverHearsOfAClusterFormsNoOther() {
    for (boolean form : new boolean[] {false, true}) {
      var node = empty(form);
      opened(node, 1, 77);
      opened(node, 2, 0);

      assertFalse(campaigns(node));
    }
  }

  @Test
  void theFirstLeaderGivesASeatToEachServerItKnows() {
    var node = empty(true);
    opened(node, 1, 0);
    elect(node, 1);

    var configuration = Configuration.decode(node.log().entry(1).command());

    assertTrue(configuration.clusterId() != 0);
    assertTrue(configuration.seats(0, Lone.incarnation(0)));
    assertTrue(configuration.seats(1, Lone.incarnation(1)));
    assertTrue(configuration.has(2));
    assertFalse(configuration.seats(2, Lone.incarnation(2)));
  }

  private void elect(RaftNode node, int voter) {
    assertTrue(campaigns(node));
    receive(node, voter, Lone.granted(1, true));
    var vote =
        node.flush().stream()
            .filter(e -> e instanceof Effect.Write)
            .map(e -> (Effect.Write) e)
            .findFirst()
            .orElseThrow();
    node.handle(new Event.Written(vote.sequence()));
    node.flush();
    receive(node, voter, Lone.granted(1, false));
    node.flush();
    assertTrue(node.isLeader());
  }

  private static void receive(RaftNode node, int from, Message message) {
    node.handle(new Event.Receive(from, Lone.incarnation(from), message));
  }

  @Test
  void aClusterIsJoinedWhenItsFirstEntryIsCommitted() {
    var node = empty(true);
    opened(node, 1, 0);
    elect(node, 1);
    assertEquals(0, node.status().clusterId());

    node.handle(new Event.Written(2));
    receive(node, 1, Lone.accepted(1, 1, 0));
    var effects = new ArrayList<>(node.flush());

    long id = Configuration.decode(node.log().entry(1).command()).clusterId();
    assertEquals(id, node.status().clusterId());
    assertTrue(effects.contains(new Effect.Joined(id)));
  }

  @Test
  void anEmptySeatIsTakenByOneEntryOnceTheServerHasCaughtUp() {
    var node = empty(true);
    opened(node, 1, 0);
    elect(node, 1);
    node.handle(new Event.Written(2));
    receive(node, 1, Lone.accepted(1, 1, 0));
    node.flush();
    opened(node, 2, 0);
    node.flush();
    assertEquals(1, node.log().lastIndex());

    receive(node, 2, Lone.accepted(1, 1, 0));
    node.flush();

    var configuration = Configuration.decode(node.log().entry(2).command());
    assertTrue(configuration.seats(2, Lone.incarnation(2)));
    assertEquals(2, node.log().lastIndex());
  }

  @Test
  void aVoteOfAnIncarnationThatHoldsNoSeatDoesNotCount() {
    var candidate = Lone.of(0, 3).campaign().force();

    candidate.receive(1, 999, Lone.granted(2, false)).flush();
    assertFalse(candidate.node.isLeader());

    candidate.receive(2, Lone.granted(2, false)).flush();
    assertTrue(candidate.node.isLeader());
  }

  @Test
  void anAcknowledgementOfAnIncarnationThatHoldsNoSeatDoesNotCount() {
    var leader = Lone.of(0, 3).lead();

    leader.receive(1, 999, Lone.accepted(leader.node.term(), 2, 0)).flush();
    assertEquals(0, leader.node.commitIndex());

    leader.receive(1, Lone.accepted(leader.node.term(), 2, 0)).flush();
    assertEquals(2, leader.node.commitIndex());
  }

  @Test
  void whatAnotherIncarnationHeldCountsNoMore() {
    var leader = Lone.of(0, 5).lead();
    long term = leader.node.term();
    leader.receive(1, Lone.accepted(term, 2, 0)).flush();

    leader.receive(1, 999, Lone.accepted(term, 0, 0)).flush();
    leader.receive(2, Lone.accepted(term, 2, 0)).flush();

    assertEquals(0, leader.node.commitIndex());
  }

  @Test
  void whoHoldsNoSeatKeepsNoLeaderInOffice() {
    var leader = Lone.of(0, 3).lead();

    for (int i = 0; i < 10; i++) {
      leader.tick(100).receive(1, 999, Lone.accepted(leader.node.term(), 0, 0)).flush();
    }

    assertFalse(leader.node.isLeader());
  }

  @Test
  void whoHoldsNoSeatConfirmsNoRound() {
    var leader = Lone.of(0, 3).lead();
    leader.node.handle(new Event.Read(1));
    leader.flush();

    leader.receive(1, 999, Lone.accepted(leader.node.term(), 0, 1));
    assertFalse(leader.effects().contains(new Effect.ReadReady(1, 2)));

    leader.receive(2, Lone.accepted(leader.node.term(), 2, 1));
    assertTrue(leader.effects().contains(new Effect.ReadReady(1, 2)));
  }

  @Test
  void leadershipIsNotHandedToWhoHoldsNoSeat() {
    var leader = Lone.of(0, 3).lead();
    leader.receive(1, 999, Lone.accepted(leader.node.term(), 2, 0)).flush();

    leader.node.handle(new Event.TransferLeadership(1));

    assertTrue(leader.node.isAccepting());
    assertEquals(List.of(), leader.sent(Message.TimeoutNow.class));
  }

  /** Servers 0 to 2 of five hold their seats; those of 3 and 4 are empty, which is committed. */
  private static Lone withTwoEmptySeats() {
    var all = Configuration.decode(Lone.configuration(5).command());
    var two = all.with(3, Configuration.Seat.EMPTY).with(4, Configuration.Seat.EMPTY);
    var entry = new Entry(1, 1, 0, Entry.Kind.CONFIGURATION, two.encode());
    var before = new PersistentState(1, RaftNode.NOBODY, Lone.CLUSTER, List.of(entry));
    return new Lone(0, 5, before).receive(1, Lone.append(1, 1, 1, 1)).lead();
  }

  private static Lone acknowledge(Lone leader, long index, int... peers) {
    for (int peer : peers) {
      leader.receive(peer, Lone.accepted(leader.node.term(), index, 0));
    }
    return leader.flush();
  }

  @Test
  void noSeatIsTakenBeforeAnEntryOfTheLeadersTermIsCommitted() {
    var leader = withTwoEmptySeats();

    acknowledge(leader, 1, 1, 2, 3, 4);
    assertEquals(2, leader.node.log().lastIndex());
    acknowledge(leader, 2, 1, 2, 3);

    assertEquals(3, leader.node.log().lastIndex());
  }

  @Test
  void oneSeatIsTakenAfterTheOther() {
    var leader = withTwoEmptySeats();

    acknowledge(leader, 2, 1, 2, 3, 4).force();
    assertEquals(3, leader.node.log().lastIndex());
    assertEquals(2, leader.node.commitIndex());
    acknowledge(leader, 3, 1, 3, 4);

    assertEquals(3, leader.node.commitIndex());
    assertEquals(4, leader.node.log().lastIndex());
  }

  @Test
  void aConfigurationThatIsCutIsNoLongerInForce() {
    var log = new RaftLog(List.of(Lone.configuration(3)));
    var before = log.configuration();
    var other = before.orElseThrow().with(2, 999);
    log.append(new Entry(2, 2, 0, Entry.Kind.CONFIGURATION, other.encode()));
    assertEquals(999, log.configuration().orElseThrow().seats().get(2).incarnation());

    log.truncate(2);

    assertEquals(before, log.configuration());
  }

  @Test
  void aServerWithoutASeatNeverCampaigns() {
    var config = RaftConfig.of(0, 999, MEMBERS, false, Lone.TIMEOUT);
    var persistent =
        new PersistentState(1, RaftNode.NOBODY, Lone.CLUSTER, List.of(Lone.configuration(3)));
    var node = new RaftNode(config, persistent, new SplittableRandom(1));
    opened(node, 1, Lone.CLUSTER);
    opened(node, 2, Lone.CLUSTER);

    assertFalse(campaigns(node));
    assertFalse(node.status().seated());
  }

  @Test
  void voteRequestsOfStrangersAreAnsweredByTermAndLog() {
    var server = Lone.of(0, 3);

    server.receive(9, Lone.vote(5, 9, 4)).flush().force();
    assertEquals(5, server.node.term());
    assertTrue(server.sent(Message.RequestVoteReply.class).get(0).voteGranted());
  }

  /** The second has an empty disk, and does not know what the first has done in this term. */
  @Test
  void whileNoClusterIsFormedAVoteIsOneDataDirectorysAndNotItsSuccessors_3_8() {
    var node = empty(false);
    opened(node, 1, 0);
    opened(node, 2, 0);
    var vote = Lone.vote(1, 0, 0);
    node.handle(new Event.Receive(1, Lone.incarnation(1), vote));
    write(node);

    node.handle(new Event.Receive(1, Lone.incarnation(1), vote));
    assertTrue(isGranted(node.flush()));
    node.handle(new Event.Receive(1, 999, vote));

    assertFalse(isGranted(node.flush()));
  }

  private static void write(RaftNode node) {
    for (var effect : node.flush()) {
      if (effect instanceof Effect.Write write) {
        node.handle(new Event.Written(write.sequence()));
      }
    }
    node.flush();
  }

  private static boolean isGranted(List<Effect> effects) {
    return effects.stream()
        .anyMatch(
            e ->
                e instanceof Effect.Send s
                    && s.message() instanceof Message.RequestVoteReply reply
                    && reply.voteGranted());
  }

  @Test
  void anEmptyServerLetsItFormTheCluster() {
    var node = empty(false);
    opened(node, 1, 77);
    opened(node, 2, 0);

    assertFalse(campaigns(node));
  }
}
