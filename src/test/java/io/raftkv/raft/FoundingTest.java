package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A server with a state that its cluster is to begin with, as a backup gives it. */
class FoundingTest {
  private static final List<Integer> MEMBERS = List.of(0, 1, 2);

  private long now = 1_000;

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

  private static void receive(RaftNode node, int from, Message message) {
    node.handle(new Event.Receive(from, Lone.incarnation(from), message));
  }

  /** Ends a turn, and one more when all that it wrote is durable; returns what both have sent. */
  private static List<Message> write(RaftNode node) {
    var effects = new ArrayList<>(node.flush());
    for (var effect : List.copyOf(effects)) {
      if (effect instanceof Effect.Write write) {
        node.handle(new Event.Written(write.sequence()));
      }
    }
    effects.addAll(node.flush());
    return effects.stream()
        .filter(Effect.Send.class::isInstance)
        .map(effect -> ((Effect.Send) effect).message())
        .toList();
  }

  /** A server with the state of a backup, which its cluster is to begin with. */
  private RaftNode founder(boolean form) {
    var config = RaftConfig.of(0, Lone.incarnation(0), MEMBERS, form, Lone.TIMEOUT);
    var state = new Snapshot(new SnapshotId(50, 4, 0), Configuration.founding(77));
    var persistent = new PersistentState(4, RaftNode.NOBODY, 77, Optional.of(state), List.of());
    var node = new RaftNode(config, persistent, new SplittableRandom(1));
    node.handle(new Event.Tick(now, 50_000));
    node.flush();
    return node;
  }

  @Test
  void whoeverHoldsTheStateOfAClusterToBeFormsItUnderThatName() {
    var node = founder(false);
    opened(node, 1, 0);
    assertFalse(campaigns(node), "it needs all");
    opened(node, 2, 0);
    assertTrue(campaigns(node));
    long term = node.status().term() + 1;
    receive(node, 1, Lone.granted(term, true));
    receive(node, 2, Lone.granted(term, true));
    write(node);
    receive(node, 1, Lone.granted(term, false));
    receive(node, 2, Lone.granted(term, false));

    assertTrue(node.isLeader());
    assertEquals(77, Configuration.decode(node.log().entry(51).command()).clusterId());
  }

  /** Whoever has got the state from it, and no more, belongs to the same cluster. */
  @Test
  void anotherThatHoldsTheSameStateDoesNotKeepItFromThat() {
    var node = founder(false);
    opened(node, 1, 77);
    opened(node, 2, 0);

    assertTrue(campaigns(node));
  }

  /** Of a cluster that was formed without it, it takes nothing and elects nobody. */
  @Test
  void whoeverHoldsTheStateOfAClusterToBeHelpsNoOther() {
    var node = founder(true);
    receive(node, 1, Lone.vote(9, 3, 8));
    var answersToVote = write(node);
    receive(node, 1, Lone.append(9, 3, 8, 3, Lone.entry(4, 9)));
    var said = Stream.concat(answersToVote.stream(), write(node).stream()).toList();

    assertEquals(2, said.size());
    assertTrue(
        said.stream().noneMatch(m -> m instanceof Message.RequestVoteReply r && r.voteGranted()));
    assertTrue(
        said.stream().noneMatch(m -> m instanceof Message.AppendEntriesReply r && r.success()));
    assertEquals(50, node.log().lastIndex());
  }

  /** Its own may have gone bad before it formed anything. */
  @Test
  void ofAStateThatAClusterIsToBeginWithAnotherSnapshotCanBeTaken() {
    assertEquals(Configuration.founding(77), founder(false).snapshotAt(50).configuration());
  }
}
