package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The file of the runs that once failed. */
class RegressionSeedsTest {
  @Test
  void aLineIsASeedAProfileAndAMode() {
    var plans = RegressionSeeds.parse("# what\n\n7 churn bytes # why\n8 calm records\n");

    assertEquals(2, plans.size());
    assertEquals(7, plans.get(0).seed());
    assertEquals(Profile.CHURN, plans.get(0).profile());
    assertTrue(plans.get(0).bytes());
    assertFalse(plans.get(1).bytes());
  }

  @Test
  void aLineThatIsNoneIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> RegressionSeeds.parse("7 churn\n"));
    assertThrows(IllegalArgumentException.class, () -> RegressionSeeds.parse("7 windy bytes\n"));
    assertThrows(IllegalArgumentException.class, () -> RegressionSeeds.parse("x churn bytes\n"));
  }
}
