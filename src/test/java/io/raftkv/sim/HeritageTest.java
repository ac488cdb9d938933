package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What clusters begin with that are restored. */
class HeritageTest {
  private static Simulation.Plan plan(long seed) {
    return Simulation.Plan.of(seed, Profile.CHURN, true);
  }

  /** The first runs that begin with a state. */
  private static List<Simulation.Plan> restored(int count) {
    return LongStream.iterate(1, seed -> seed + 1)
        .mapToObj(HeritageTest::plan)
        .filter(plan -> plan.conditions().restored())
        .limit(count)
        .toList();
  }

  private static Heritage heritage(Simulation.Plan plan) {
    return Heritage.draw(plan.conditions(), new SplittableRandom(plan.seed()));
  }

  @Test
  void aStateIsThatOfItsLogUnderTheNameOfTheLastEntry() {
    for (var plan : restored(20)) {
      var heritage = heritage(plan);
      var last = heritage.entries().get(heritage.entries().size() - 1);

      assertEquals(last.index(), heritage.store().appliedIndex());
      assertEquals(last.index(), heritage.snapshot().id().index());
      assertEquals(last.term(), heritage.snapshot().id().term());
      assertTrue(heritage.snapshot().configuration().isFounding());
    }
  }

  @Test
  void aRunThatIsNotRestoredBeginsWithNothing() {
    var plan = plan(LongStream.iterate(1, s -> s + 1).filter(this::isPlain).findFirst().orElse(0));

    assertFalse(heritage(plan).isThere());
  }

  private boolean isPlain(long seed) {
    return !plan(seed).conditions().restored();
  }

  @Test
  void clustersFormWithTheStateAndKeepIt() {
    long formed = 0;
    for (var plan : restored(4)) {
      var outcome = Simulation.run(plan);

      assertTrue(outcome.isGood(), outcome.failure());
      formed += outcome.marks().count(Mark.RESTORED_START);
    }
    assertTrue(formed > 0, "none of them formed");
  }
}
