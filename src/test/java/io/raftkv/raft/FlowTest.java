package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How entries flow to followers, how lost messages are made good, and how a dead leader is found.
 */
class FlowTest {
  private static Event propose(int bytes) {
    return new Event.Propose(List.of(Bytes.wrap(new byte[bytes])));
  }

  private static Lone caughtUpLeader() {
    var leader = Lone.of(0, 3).lead();
    long term = leader.node.term();
    leader.receive(1, Lone.accepted(term, 2, 0)).receive(2, Lone.accepted(term, 2, 0)).flush();
    leader.sent();
    return leader;
  }

  private static List<Message.AppendEntries> entriesSent(Lone leader) {
    return leader.sent(Message.AppendEntries.class).stream()
        .filter(m -> !m.entries().isEmpty())
        .toList();
  }

  @Test
  void whatIsInFlightIsBoundedInBytesAndGoesOnWithTheAnswer() {
    var leader = caughtUpLeader();
    for (int i = 0; i < 20; i++) {
      leader.node.handle(propose(1 << 20));
    }
    long inFlight = entriesSent(leader).stream().mapToLong(m -> m.entries().size()).sum();
    assertTrue(inFlight < 2 * 12, inFlight + " entries of 1 MiB");

    leader.receive(1, Lone.accepted(leader.node.term(), 7, 0));

    assertFalse(entriesSent(leader).isEmpty());
  }

  /** What the log held before was never sent by this leader: it makes no room. */
  @Test
  void theBoundOfANewLeaderIsTheSameHoweverLongItsLogIs() {
    var entries = new ArrayList<Entry>();
    entries.add(Lone.configuration(3));
    var command = Bytes.wrap(new byte[1 << 20]);
    for (long index = 2; index <= 40; index++) {
      entries.add(new Entry(index, 1, 0, Entry.Kind.COMMAND, command));
    }
    var before = new PersistentState(1, RaftNode.NOBODY, Lone.CLUSTER, entries);
    var leader = new Lone(0, 3, before).lead();
    for (int peer = 1; peer < 3; peer++) {
      leader.receive(peer, Lone.accepted(leader.node.term(), 41, 0)).flush();
    }
    leader.sent();

    for (int i = 0; i < 40; i++) {
      leader.node.handle(propose(1 << 20));
    }

    long inFlight = entriesSent(leader).stream().mapToLong(m -> m.entries().size()).sum();
    assertTrue(inFlight < 2 * 12, inFlight + " entries of 1 MiB");
  }

  @Test
  void anAnswerLostAtAFullWindowIsMadeGoodByTheNext() {
    var leader = caughtUpLeader();
    for (int i = 0; i < 20; i++) {
      leader.node.handle(propose(1 << 20));
    }
    leader.sent();

    leader.tick(200).flush();
    var heartbeats = leader.sent(Message.AppendEntries.class);
    assertTrue(heartbeats.stream().allMatch(m -> m.entries().isEmpty()));
    leader.receive(1, Lone.accepted(leader.node.term(), 10, 0));

    assertFalse(entriesSent(leader).isEmpty());
  }

  @Test
  void aRefusalMakesTheLeaderGoBackAndAnOldOneDoesNot() {
    var leader = caughtUpLeader();
    long term = leader.node.term();
    for (int i = 0; i < 3; i++) {
      leader.node.handle(propose(10));
      leader.flush();
    }
    leader.sent();

    leader.receive(1, new Message.AppendEntriesReply(term, false, 4, 2, 1, 0));
    var again = entriesSent(leader);
    assertEquals(1, again.size());
    assertEquals(2, again.get(0).prevLogIndex());
    assertEquals(3, again.get(0).entries().size());

    leader.receive(1, new Message.AppendEntriesReply(term, false, 3, 2, 1, 0));
    assertEquals(List.of(), entriesSent(leader));
  }

  @Test
  void aLinkThatOpensAnewGetsWhatIsNotCertainAgain() {
    var leader = caughtUpLeader();
    leader.node.handle(propose(10));
    leader.sent();

    leader.node.handle(new Event.LinkOpened(1, Lone.incarnation(1), Lone.CLUSTER));

    var again = entriesSent(leader);
    assertEquals(1, again.size());
    assertEquals(2, again.get(0).prevLogIndex());
  }

  @Test
  void anAnswerOfAnotherTermMovesNothing() {
    var leader = caughtUpLeader();
    leader.node.handle(propose(10));
    leader.flush().force();

    leader.receive(1, Lone.accepted(leader.node.term() - 1, 3, 0)).flush();

    assertEquals(2, leader.node.commitIndex());
  }

  /**
   * The sender of the old message may lead the new term and count its rounds from 1 again: a read
   * of its would be confirmed by an answer that is older than the read.
   */
  @Test
  void anAnswerToAnEarlierTermConfirmsNoRound() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(3, 1, 1, 0)).flush().force();
    follower.sent();

    var old = new Message.AppendEntries(2, 1, 1, List.of(), 0, 41, 5_000);
    follower.receive(2, old);

    assertEquals(
        List.of(new Message.AppendEntriesReply(3, false, 0, 0, 0, 0)),
        follower.sent(Message.AppendEntriesReply.class));
  }

  @Test
  void aSlowDiskDelaysNoSignOfLife() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0, Lone.entry(2, 1))).flush();
    follower.sent();

    follower.tick(250).receive(1, Lone.append(1, 2, 1, 0, Lone.entry(3, 1)));
    assertEquals(1, follower.sent(Message.AppendEntriesReply.class).size());

    var leader = caughtUpLeader();
    leader.node.handle(propose(10));
    leader.sent();
    leader.tick(250);
    assertEquals(2, leader.sent(Message.AppendEntries.class).size());
  }

  @Test
  void theNewCommitIndexGoesOutAtOnce() {
    var leader = caughtUpLeader();
    leader.node.handle(propose(10));
    leader.flush().force();
    leader.sent();

    leader.receive(1, Lone.accepted(leader.node.term(), 3, 0));

    var sent = leader.sent(Message.AppendEntries.class);
    assertTrue(sent.stream().anyMatch(m -> m.leaderCommit() == 3), sent + "");
  }

  @Test
  void aClosedLinkToTheLeaderMakesAFollowerAskSoon() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0)).flush();
    follower.sent();

    follower.node.handle(new Event.LinkClosed(1));
    follower.pass(110);

    assertFalse(follower.sent(Message.RequestVote.class).isEmpty());
  }

  @Test
  void aLeaderThatIsHeardAgainEndsThePlan() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0)).flush();
    follower.node.handle(new Event.LinkClosed(1));

    follower.receive(1, Lone.heartbeat(1, 5_100)).pass(500);

    assertTrue(follower.sent(Message.RequestVote.class).isEmpty());
  }

  @Test
  void aServerThatStoodStillReadsItsQueueBeforeItCampaigns() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0)).flush();

    follower.tick(5_000).flush();

    assertTrue(follower.sent(Message.RequestVote.class).isEmpty());
    assertEquals(Role.Kind.FOLLOWER, follower.node.status().role());
  }

  @Test
  void aServerWhoseDiskHangsDoesNotCampaign() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0, Lone.entry(2, 1))).flush();
    follower.sent();

    follower.pass(10_000);

    assertTrue(follower.sent(Message.RequestVote.class).isEmpty());
  }

  @Test
  void aRewrittenEntryIsNotClaimedByTheWriteOfTheOldOne() {
    var follower = Lone.of(0, 3);
    follower.receive(1, Lone.append(1, 1, 1, 0, Lone.entry(2, 1), Lone.entry(3, 1))).flush();
    follower.receive(2, Lone.append(2, 1, 1, 0, Lone.entry(2, 2), Lone.entry(3, 2))).flush();

    follower.force(1);
    var early = follower.sent(Message.AppendEntriesReply.class);
    assertTrue(early.stream().allMatch(r -> r.term() < 2 || r.matchIndex() <= 1), early + "");

    follower.force();
    var late = follower.sent(Message.AppendEntriesReply.class);
    assertEquals(3, late.get(late.size() - 1).matchIndex());
  }

  @Test
  void aTermIsClaimedOnlyWhenItIsDurable() {
    var follower = Lone.of(0, 3);

    follower.receive(1, Lone.append(4, 1, 1, 0)).flush();
    assertEquals(List.of(), follower.sent(Message.AppendEntriesReply.class));
    follower.force();

    assertEquals(1, follower.sent(Message.AppendEntriesReply.class).size());
  }

  @Test
  void stampsNeverGoBackAndAQuietClusterWritesNothing() {
    var leader = caughtUpLeader();
    long last = leader.node.log().lastIndex();
    for (int i = 0; i < 50; i++) {
      leader.tick(100).receive(1, Lone.accepted(leader.node.term(), 2, 0)).flush();
    }
    assertEquals(last, leader.node.log().lastIndex());

    leader.node.handle(propose(1));
    leader.node.handle(propose(1));

    var log = leader.node.log();
    assertTrue(log.entry(4).time() >= log.entry(3).time());
    assertTrue(log.entry(3).time() >= log.entry(2).time() + 5_000);
  }

  @Test
  void aDeadlineThatHasComeGetsOneEntry() {
    var leader = caughtUpLeader();
    long deadline = leader.node.clusterTime() + 50;
    leader.node.handle(new Event.Expire(deadline, false));
    assertEquals(2, leader.node.log().lastIndex());

    leader.tick(60);
    leader.node.handle(new Event.Expire(deadline, false));
    leader.node.handle(new Event.Expire(deadline, false));

    assertEquals(3, leader.node.log().lastIndex());
    assertTrue(leader.node.log().lastTime() >= deadline);
  }

  /** Otherwise a read would see a key whose time has come, as of the entry that is under way. */
  @Test
  void aReadGetsAnEntryForALaterDeadlineWhileAnEarlierOneIsUnderWay() {
    var leader = caughtUpLeader();
    long first = leader.node.clusterTime() + 50;
    leader.tick(60).node.handle(new Event.Expire(first, false));
    leader.flush().tick(100);

    leader.node.handle(new Event.Expire(first + 90, false));
    assertEquals(3, leader.node.log().lastIndex());
    leader.node.handle(new Event.Expire(first + 90, true));

    assertEquals(4, leader.node.log().lastIndex());
    assertTrue(leader.node.log().lastTime() >= first + 90);
  }
}
