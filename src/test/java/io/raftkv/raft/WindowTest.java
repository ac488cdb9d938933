package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A leader sends ahead what the way to a follower can carry in time for its heartbeats. */
class WindowTest {
  private static final RaftConfig CONFIG = RaftConfig.of(0, 1, List.of(0, 1, 2), false, 1_000);

  private final Window window = new Window();
  private long index;
  private long now;

  private void answeredAfter(long millis) {
    window.sent(++index, now);
    now += millis;
    window.answered(index, now, CONFIG);
  }

  @Test
  void quickAnswersOpenItUpToTheBound() {
    for (int i = 0; i < 10; i++) {
      answeredAfter(20);
    }
    assertEquals(CONFIG.inFlightBytesMax(), window.bytes(CONFIG));
  }

  @Test
  void lateAnswersCloseItDownToALittle() {
    for (int i = 0; i < 10; i++) {
      answeredAfter(20);
    }
    for (int i = 0; i < 20; i++) {
      answeredAfter(2_000);
    }
    assertEquals(32 << 10, window.bytes(CONFIG));
  }

  @Test
  void answersNeitherQuickNorLateLeaveItAsItIs() {
    long before = window.bytes(CONFIG);
    answeredAfter(400);
    assertEquals(before, window.bytes(CONFIG));
  }

  /** A line of 121 bytes a millisecond: what is under way must pass within a heartbeat or two. */
  @Test
  void onASlowLinkWhatIsUnderWayPassesWithinAnElectionTimeout() {
    for (int i = 0; i < 100; i++) {
      answeredAfter(window.bytes(CONFIG) / 121);
      assertTrue(window.bytes(CONFIG) / 121 < 1_000, window.bytes(CONFIG) + " bytes");
    }
  }

  @Test
  void anAnswerToSomethingOlderSaysNothing() {
    long before = window.bytes(CONFIG);
    window.sent(10, 0);
    window.answered(9, 5_000, CONFIG);
    assertEquals(before, window.bytes(CONFIG));
  }

  @Test
  void anInterruptionStartsItAnew() {
    for (int i = 0; i < 10; i++) {
      answeredAfter(20);
    }
    window.interrupted();
    assertEquals(64 << 10, window.bytes(CONFIG));
  }
}
