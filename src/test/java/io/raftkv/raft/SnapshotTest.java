package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The log and its snapshots (dissertation chapter 5): what a server keeps behind a snapshot of its
 * own, what it does with another's, and how a leader gets one to a server that is too far behind.
 */
class SnapshotTest {
  private static final Configuration THREE = Configuration.decode(Lone.configuration(3).command());

  private static Snapshot snapshot(long index, long term) {
    return new Snapshot(new SnapshotId(index, term, 0), THREE);
  }

  private static Lone arrived(Lone server, Snapshot snapshot) {
    server.node.handle(new Event.SnapshotArrived(snapshot));
    return server.flush();
  }

  private static <E extends Effect> List<E> of(Class<E> kind, Lone server) {
    return server.effects().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static List<LogRecord> startsAfter(Lone server) {
    return server.records().stream().filter(LogRecord.StartAfter.class::isInstance).toList();
  }

  /** A leader of three whose log has 51 entries of 1 KiB, all committed, up to index 52. */
  private static Lone leaderOf51() {
    var leader = Lone.of(0, 3).lead();
    long term = leader.node.term();
    for (int i = 0; i < 50; i++) {
      leader.node.handle(new Event.Propose(List.of(Bytes.wrap(new byte[1024 - 48]))));
    }
    leader.flush().force().receive(1, Lone.accepted(term, 52, 0)).flush();
    assertEquals(52, leader.node.commitIndex());
    leader.sent();
    leader.effects();
    return leader;
  }

  private static Lone compacted(Lone leader, long index) {
    leader.node.handle(new Event.SnapshotTaken(leader.node.snapshotAt(index).id()));
    leader.node.log().compact(index);
    return leader.flush();
  }

  /** A leader whose log begins behind 40, and whose follower 2 says that it has nothing. */
  private static Lone leaderOfALaggard() {
    var leader = compacted(leaderOf51(), 40);
    long term = leader.node.term();
    long refused =
        leader.tick(400).sent(Message.AppendEntries.class).stream()
            .mapToLong(Message.AppendEntries::prevLogIndex)
            .min()
            .orElseThrow();
    leader.receive(2, new Message.AppendEntriesReply(term, false, refused, 1, 1, 0)).flush();
    return leader;
  }

  @Test
  void aSnapshotBeyondTheLogTakesItsPlaceAndIsAcknowledgedOnceThatIsDurable() {
    var server = Lone.of(1, 3);
    server.receive(0, Lone.append(2, 1, 1, 0, Lone.entry(2, 2))).flush().force();
    server.sent();
    server.effects();

    arrived(server, snapshot(50, 2));

    assertEquals(List.of(new Effect.Restore(snapshot(50, 2))), of(Effect.Restore.class, server));
    assertEquals(50, server.node.commitIndex());
    assertEquals(50, server.node.log().lastIndex());
    assertTrue(
        server.sent(Message.AppendEntriesReply.class).stream().allMatch(r -> r.matchIndex() < 50));
    server.force();
    server.receive(0, Lone.append(2, 50, 2, 50)).flush();
    var replies = server.sent(Message.AppendEntriesReply.class);
    assertEquals(50, replies.get(replies.size() - 1).matchIndex());
    assertEquals(List.of(), server.durable().entries());
  }

  /** The leader of a later term, which committed it, is not heard of yet. */
  @Test
  void aLeaderThatASnapshotOvertakesLeadsNoMore() {
    var leader = Lone.of(0, 3).lead();

    arrived(leader, snapshot(50, leader.node.term()));

    assertFalse(leader.node.isLeader());
    assertEquals(50, leader.node.commitIndex());
  }

  /** What that leader sent last does not follow what a later one committed. */
  @Test
  void aFollowerThatASnapshotOvertakesClaimsNothingToTheLeaderBefore() {
    var server = Lone.of(1, 3);
    server.receive(0, Lone.append(3, 1, 1, 0, Lone.entry(2, 3))).flush().force();
    server.sent();

    arrived(server, snapshot(50, 2)).force();

    assertEquals(List.of(), server.sent(Message.AppendEntriesReply.class));
    assertEquals(RaftNode.NOBODY, server.node.leader());
  }

  @Test
  void theLogGoesOnBehindASnapshotThatHasArrived() {
    var server = arrived(Lone.of(1, 3), snapshot(50, 2));

    server.receive(0, Lone.append(3, 50, 2, 51, Lone.entry(51, 3))).flush();

    assertEquals(
        List.of(new Effect.Apply(List.of(Lone.entry(51, 3)))), of(Effect.Apply.class, server));
    assertEquals(51, server.node.log().lastIndex());
  }

  /** Dissertation 5.3: the entries behind the snapshot's last one are kept if the log holds it. */
  @Test
  void aSnapshotThatTheLogHoldsOnlySaysWhatIsCommitted() {
    var server = Lone.of(1, 3, 2, RaftNode.NOBODY, 1, 2, 2);

    arrived(server, snapshot(3, 2));

    var effects = server.effects();
    assertTrue(effects.stream().noneMatch(Effect.Restore.class::isInstance));
    assertEquals(3, server.node.commitIndex());
    assertEquals(4, server.node.log().lastIndex());
    assertEquals(List.of(), startsAfter(server));
  }

  @Test
  void entriesThatDoNotFollowASnapshotAreDroppedWithAllBehindThem() {
    var server = Lone.of(1, 3, 2, RaftNode.NOBODY, 1, 1, 1);

    arrived(server, snapshot(3, 2));

    assertEquals(3, server.node.log().lastIndex());
    assertEquals(2, server.node.log().lastTerm());
    assertEquals(1, startsAfter(server).size());
    assertEquals(1, of(Effect.Restore.class, server).size());
  }

  /** Otherwise its log would be of a later term than the server itself. */
  @Test
  void aSnapshotTeachesTheTermOfItsLastEntry() {
    var server = arrived(Lone.of(1, 3), snapshot(50, 7));

    assertEquals(7, server.node.term());
    assertEquals(7, server.force().durable().term());
  }

  @Test
  void aSnapshotOfWhatIsCommittedAlreadyChangesNothing() {
    var server = Lone.of(1, 3);
    server.receive(0, Lone.append(2, 1, 1, 3, Lone.entry(2, 2), Lone.entry(3, 2))).flush().force();
    server.effects();

    arrived(server, snapshot(2, 2));

    assertEquals(List.of(), server.effects());
    assertEquals(3, server.node.log().lastIndex());
  }

  @Test
  void aCandidateThatASnapshotReachesAsksWithTheNewEndOfItsLog() {
    var server = Lone.of(1, 3).campaign();
    arrived(server, snapshot(50, 1)).force();
    server.sent();
    server.campaign();

    var asked = server.sent(Message.RequestVote.class);

    assertEquals(50, asked.get(asked.size() - 1).lastLogIndex());
  }

  @Test
  void entriesInFrontOfTheLogsStartAreThoseOfTheLeaderWhateverItSends() {
    var server = arrived(Lone.of(1, 3), snapshot(50, 2)).force();
    server.sent();

    server.receive(
        0, Lone.append(3, 48, 2, 51, Lone.entry(49, 2), Lone.entry(50, 2), Lone.entry(51, 3)));
    server.flush().force();

    var replies = server.sent(Message.AppendEntriesReply.class);
    assertTrue(replies.stream().allMatch(Message.AppendEntriesReply::success));
    assertEquals(51, replies.get(replies.size() - 1).matchIndex());
  }

  @Test
  void aServerThatDidNotKnowItsClusterJoinsItByItsSnapshot() {
    var empty = new PersistentState(0, RaftNode.NOBODY, 0, List.of());
    var server = new Lone(1, 3, empty);

    arrived(server, snapshot(50, 2));

    assertEquals(List.of(new Effect.Joined(Lone.CLUSTER)), of(Effect.Joined.class, server));
    assertEquals(Optional.of(THREE), server.node.log().configuration());
  }

  @Test
  void aServerStartsFromItsSnapshotAndAppliesOnlyWhatLiesBehind() {
    var tail = new ArrayList<Entry>();
    for (long index = 45; index <= 52; index++) {
      tail.add(Lone.entry(index, 2));
    }
    var before =
        new PersistentState(2, RaftNode.NOBODY, Lone.CLUSTER, Optional.of(snapshot(50, 2)), tail);
    var server = new Lone(1, 3, before);
    assertEquals(50, server.node.commitIndex());

    server.receive(0, Lone.append(3, 52, 2, 52)).flush();

    assertEquals(
        List.of(new Effect.Apply(List.of(Lone.entry(51, 2), Lone.entry(52, 2)))),
        of(Effect.Apply.class, server));
  }

  @Test
  void behindASnapshotTheLogKeepsATailOfBoundedWeight() {
    var log = leaderOf51().node.log();

    assertEquals(52, log.tailStart(52, 0));
    assertEquals(42, log.tailStart(52, 10 << 10));
    assertEquals(0, log.tailStart(52, 1 << 20));
  }

  @Test
  void aSnapshotOfItsOwnShortensTheLogByNoMoreThanItsTailAllows() {
    var leader = leaderOf51();

    leader.node.handle(new Event.SnapshotTaken(leader.node.snapshotAt(50).id()));

    assertEquals(0, leader.node.log().startIndex(), "16 MiB may trail");
    assertEquals(52, leader.node.log().lastIndex());
  }

  @Test
  void aFollowerThatNeedsWhatIsGoneIsSentOneSnapshot() {
    var leader = leaderOfALaggard();

    assertEquals(List.of(new Effect.SendSnapshot(2, 40)), of(Effect.SendSnapshot.class, leader));

    leader.pass(5_000);
    assertEquals(List.of(), of(Effect.SendSnapshot.class, leader));
  }

  /** Heartbeats go on meanwhile: the follower must not take its leader for dead. */
  @Test
  void heartbeatsGoOnWhileASnapshotIsUnderWay() {
    var leader = leaderOfALaggard();
    leader.sent();

    leader.tick(400);

    var sent = leader.sent(Message.AppendEntries.class);
    assertEquals(2, sent.stream().filter(message -> message.entries().isEmpty()).count());
    assertTrue(sent.stream().anyMatch(message -> message.prevLogIndex() == 40));
  }

  @Test
  void behindASnapshotThatWasTakenEntriesFollow() {
    var leader = leaderOfALaggard();
    leader.sent();

    leader.receive(2, Lone.accepted(leader.node.term(), 40, 0)).flush();

    var next = leader.sent(Message.AppendEntries.class);
    assertTrue(next.stream().anyMatch(m -> m.prevLogIndex() == 40 && !m.entries().isEmpty()));
  }

  @Test
  void aSnapshotThatDidNotArriveIsSentAgainAfterAPause() {
    var leader = leaderOfALaggard();
    leader.effects();

    leader.node.handle(new Event.SnapshotSent(2, false));

    assertEquals(List.of(), of(Effect.SendSnapshot.class, leader.flush()));
    leader.pass(Lone.TIMEOUT - 10);
    assertEquals(List.of(), of(Effect.SendSnapshot.class, leader));
    leader.receive(1, Lone.accepted(leader.node.term(), 52, 0));
    leader.pass(20);
    assertEquals(List.of(new Effect.SendSnapshot(2, 40)), of(Effect.SendSnapshot.class, leader));
  }

  /** Otherwise the snapshot is worth nothing by the time it arrives, and so is the next. */
  @Test
  void theLogBehindASnapshotUnderWayIsKept() {
    var leader = leaderOfALaggard();

    assertEquals(40, leader.node.role().neededFrom(52));
    leader.node.handle(new Event.SnapshotSent(2, true));
    assertEquals(52, leader.node.role().neededFrom(52));
  }

  @Test
  void aFollowerThatHoldsEnoughIsNeverSentASnapshot() {
    var leader = compacted(leaderOf51(), 40);
    long term = leader.node.term();
    leader.receive(2, new Message.AppendEntriesReply(term, false, 52, 45, term, 0)).flush();

    assertEquals(List.of(), of(Effect.SendSnapshot.class, leader));
    assertFalse(leader.tick(400).sent(Message.AppendEntries.class).isEmpty());
  }

  /** The one in force may be cut off again. */
  @Test
  void aSnapshotHoldsTheConfigurationAsOfItsIndex() {
    var server = Lone.of(1, 3);
    var later = THREE.with(2, 999).encode();
    var change = new Entry(3, 2, 0, Entry.Kind.CONFIGURATION, later);

    server.receive(0, Lone.append(2, 1, 1, 2, Lone.entry(2, 2), change)).flush();

    assertEquals(Optional.of(THREE.with(2, 999)), server.node.log().configuration());
    assertEquals(snapshot(2, 2), server.node.snapshotAt(2));
  }
}
