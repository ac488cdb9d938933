package io.raftkv.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the requests of a connection hold in memory is counted while they wait, and no longer. */
class OutstandingTest {
  private final Outstanding outstanding = new Outstanding();

  @Test
  void whatARequestHoldsIsGivenBackWithItsAnswer() {
    outstanding.addRequest(1, 1_000);
    outstanding.addRequest(2, 50);
    assertEquals(1_050, outstanding.weight());

    outstanding.answerRequest();
    assertEquals(50, outstanding.weight());
    outstanding.answerRequest();
    assertEquals(0, outstanding.weight());
    assertEquals(0, outstanding.size());
  }

  /** Those that came together are counted together; the last one takes what is left. */
  @Test
  void ofRequestsThatCameTogetherNothingIsLeftBehind() {
    for (int bytes : new int[] {1, 7, 1_000_003, 2}) {
      outstanding.addRequest(1, bytes);
    }
    for (int answered = 0; answered < 4; answered++) {
      assertTrue(outstanding.weight() > 0);
      outstanding.answerRequest();
    }
    assertEquals(0, outstanding.weight());
  }

  @Test
  void whatIsMalformedHoldsNothingAndWaitsForItsTurn() {
    outstanding.addRequest(1, 10);
    outstanding.addMalformed(1);
    assertEquals(10, outstanding.weight());
    assertFalse(outstanding.takeMalformed(), "an older request waits");

    outstanding.answerRequest();

    assertTrue(outstanding.takeMalformed());
    assertEquals(0, outstanding.size());
  }

  @Test
  void whateverComesAndGoesTheSumIsThatOfWhatWaits() {
    long seed = System.nanoTime();
    var random = new SplittableRandom(seed);
    int requests = 0;
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      now += random.nextInt(2);
      if (random.nextInt(3) > 0) {
        outstanding.addRequest(now, random.nextInt(1_000));
        requests++;
      } else if (random.nextInt(5) == 0) {
        outstanding.addMalformed(now);
      }
      while (outstanding.takeMalformed()) {
        // Its turn has come.
      }
      for (int i = random.nextInt(4); i > 0 && requests > 0 && !outstanding.takeMalformed(); i--) {
        outstanding.answerRequest();
        requests--;
      }
      assertEquals(requests, outstanding.requests(), "seed " + seed);
      assertTrue(outstanding.weight() >= 0, "seed " + seed);
      assertTrue(requests > 0 || outstanding.weight() == 0, "seed " + seed);
    }
  }
}
