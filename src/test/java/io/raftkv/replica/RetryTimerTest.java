package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** When to send again. */
class RetryTimerTest {
  private final RetryTimer timer = new RetryTimer(100);

  @Test
  void whatStaysTheOldestForAnIntervalIsSentAgain() {
    assertFalse(timer.isDue(7, 1_000));
    assertEquals(1_100, timer.nextDeadline());
    assertFalse(timer.isDue(7, 1_099));
    assertTrue(timer.isDue(7, 1_100));
  }

  @Test
  void nothingIsSentTwiceWhileAnswersComeIn() {
    for (int i = 1; i < 50; i++) {
      assertFalse(timer.isDue(i, 1_000 + 99 * i));
    }
  }

  @Test
  void whereNothingWaitsNothingIsDue() {
    timer.isDue(7, 1_000);

    assertFalse(timer.isDue(0, 2_000));
    assertEquals(Long.MAX_VALUE, timer.nextDeadline());
  }

  @Test
  void whatWasJustSentIsGivenAnInterval() {
    timer.isDue(7, 1_000);
    timer.restart(1_090);

    assertFalse(timer.isDue(7, 1_189));
    assertTrue(timer.isDue(7, 1_190));
  }
}
