package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Servers whose disks are nearly full. */
class ShortOfRoomTest {
  private static Lone leader(boolean firstIsShort, boolean secondIsShort) {
    var leader = Lone.of(0, 3).lead();
    answer(leader, 1, firstIsShort);
    answer(leader, 2, secondIsShort);
    leader.sent();
    return leader;
  }

  private static void answer(Lone leader, int from, boolean isShort) {
    long term = leader.node.term();
    leader.receive(from, new Message.AppendEntriesReply(term, true, 2, 0, 0, 0, isShort)).flush();
  }

  private static List<Integer> askedToLead(Lone leader) {
    leader.flush();
    return leader.effects().stream()
        .filter(e -> e instanceof Effect.Send sent && sent.message() instanceof Message.TimeoutNow)
        .map(e -> ((Effect.Send) e).to())
        .toList();
  }

  @Test
  void aLeaderThatIsShortOfRoomLetsOneLeadThatIsNot() {
    var leader = leader(true, false);
    assertEquals(List.of(), askedToLead(leader));
    leader.node.handle(new Event.RoomChanged(true));

    assertEquals(List.of(2), askedToLead(leader));
  }

  @Test
  void whereAllAreShortTheLeaderStaysAndRefusesWhatGrows() {
    var leader = leader(true, true);
    leader.node.handle(new Event.RoomChanged(true));

    assertEquals(List.of(), askedToLead(leader));
    assertTrue(leader.node.isAccepting());
    assertTrue(leader.node.refusesGrowth());
    leader.node.handle(new Event.RoomChanged(false));
    answer(leader, 1, false);
    assertFalse(leader.node.refusesGrowth());
  }

  @Test
  void aLeaderWithRoomRefusesWhatGrowsOnlyIfAMajorityHasNone() {
    assertFalse(leader(true, false).node.refusesGrowth());
    assertTrue(leader(true, true).node.refusesGrowth());
    assertFalse(leader(false, false).node.refusesGrowth());
  }

  @Test
  void aFollowerSaysInEachAnswerWhetherItIsShortOfRoom() {
    var follower = Lone.of(0, 3);
    follower.node.handle(new Event.RoomChanged(true));
    follower.receive(1, Lone.append(2, 1, 1, 0)).flush().force();
    follower.receive(1, Lone.append(2, 9, 2, 0)).flush();

    var replies = follower.sent(Message.AppendEntriesReply.class);
    assertEquals(2, replies.size());
    assertTrue(replies.stream().allMatch(Message.AppendEntriesReply::shortOfRoom));
  }

  @Test
  void aHandOverThatCameToNothingIsTriedAgainAnElectionTimeoutLater() {
    var leader = leader(true, false);
    leader.node.handle(new Event.RoomChanged(true));
    assertEquals(List.of(2), askedToLead(leader));
    int asked = 0;
    for (int passed = 0; passed < 2 * Lone.TIMEOUT; passed += 100) {
      leader.tick(100);
      answer(leader, 1, true);
      asked += askedToLead(leader).size();
      leader.effects();
    }
    assertTrue(asked >= 1, "asked again");
  }

  /** A disk that hangs is heard, and gets nowhere: deletes and reads must go on meanwhile. */
  @Test
  void afterAHandOverThatCameToNothingTheLogTakesSomethingForAWhile() {
    var leader = leader(true, false);
    leader.node.handle(new Event.Propose(List.of(Bytes.utf8("x"))));
    leader.node.handle(new Event.RoomChanged(true));
    leader.flush();
    assertFalse(leader.node.isAccepting());
    int accepting = 0;
    for (int passed = 0; passed < 3 * Lone.TIMEOUT; passed += 100) {
      leader.tick(100);
      answer(leader, 1, true);
      answer(leader, 2, false);
      leader.flush();
      accepting += leader.node.isAccepting() ? 1 : 0;
    }
    assertTrue(accepting >= 10, accepting + " of 30");
  }
}
