package io.raftkv.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The checker against histories that are right by construction, and against brute force. */
class RandomHistoriesTest {
  private static final int HISTORIES = 1_000;

  /** A reason that rests on what nobody did can name who did not. */
  private static final Pattern SPEAKS_OF_ALL = Pattern.compile("nobody|no (other )?update");

  private static final Linearizability.Limits EXACT = new Linearizability.Limits(5_000_000, 0);

  @Test
  void whatOneStoreAnsweredIsLinearizable() {
    for (long seed : seeds()) {
      var random = new SplittableRandom(seed);
      var history = SimulatedStore.history(shape(random, 300), seed);

      var verdict = Linearizability.check(history, true, EXACT);

      assertEquals(
          Verdict.Linearizable.class, verdict.getClass(), () -> "seed " + seed + ": " + verdict);
    }
  }

  @Test
  void sixtyClientsOnOneKeyAreJudged() {
    for (int i = 0; i < 5; i++) {
      long seed = ThreadLocalRandom.current().nextLong();
      var shape = new SimulatedStore.Shape(5_000, 1, Integer.MAX_VALUE, 10, 300, 3, 5);

      var verdict = Linearizability.check(SimulatedStore.history(shape, seed), true, EXACT);

      assertEquals(
          Verdict.Linearizable.class, verdict.getClass(), () -> "seed " + seed + ": " + verdict);
    }
  }

  @Test
  void aMillionOperationsAreJudged() {
    long seed = ThreadLocalRandom.current().nextLong();
    var shape = new SimulatedStore.Shape(1_000_000, 20_000, Integer.MAX_VALUE, 1, 100, 2, 5);

    var verdict = Linearizability.check(SimulatedStore.history(shape, seed), true, EXACT);

    assertEquals(
        Verdict.Linearizable.class, verdict.getClass(), () -> "seed " + seed + ": " + verdict);
  }

  @Test
  void anEditedHistoryIsJudgedAsBruteForceJudgesIt() {
    int wrong = 0;
    for (long seed : seeds()) {
      var history = smallHistory(seed);
      assertTrue(BruteForce.explains(history, 0), () -> "seed " + seed + " was wrong already");

      wrong += isJudgedAlike(Corruption.edit(history, seed), seed) ? 0 : 1;
    }
    assertTrue(wrong > HISTORIES / 5, "only " + wrong + " edits made a history wrong");
    assertTrue(wrong < HISTORIES * 9 / 10, wrong + " edits made a history wrong");
  }

  @Test
  void aCounterexampleIsWrongByItself() {
    for (long seed : seeds()) {
      var edited = Corruption.edit(smallHistory(seed), seed);
      if (Linearizability.check(edited, false, limits(seed))
          instanceof Verdict.Violation violation) {
        var shown = violation.operations();
        assertTrue(edited.containsAll(shown), () -> "seed " + seed + " invents operations");
        var others = edited.stream().filter(o -> !shown.contains(o)).toList();
        var alone = new ArrayList<>(edited);
        alone.removeIf(o -> others.contains(o) && tookNoEffect(o));
        assertTrue(
            SPEAKS_OF_ALL.matcher(violation.reason()).find()
                || !BruteForce.explains(alone, others, slack(seed)),
            () -> "seed " + seed + " shows too little: " + violation + " of " + edited);
      }
    }
  }

  private static boolean tookNoEffect(Operation o) {
    return o.outcome() instanceof Outcome.NotFound
        || o.outcome() instanceof Outcome.VersionMismatch;
  }

  @Test
  void aCounterexampleOutOfThousandsOfOperationsIsShort() {
    long seed = ThreadLocalRandom.current().nextLong();
    var shape = new SimulatedStore.Shape(3_000, 1, Integer.MAX_VALUE, 10, 100, 0, 0);
    var history = new ArrayList<>(SimulatedStore.history(shape, seed));
    history.add(Told.on("k0", Told.set("last", 1_000_000, 100_000, 100_100)));
    history.add(Told.on("k0", Told.deleted(100_200, 100_400)));
    history.add(Told.on("k0", Told.deleted(100_300, 100_500)));

    var verdict = Linearizability.check(history, true, EXACT);

    assertEquals(Verdict.Violation.class, verdict.getClass(), () -> "seed " + seed);
    int shown = ((Verdict.Violation) verdict).operations().size();
    assertTrue(shown <= 3, () -> "seed " + seed + " shows " + shown);
  }

  private static boolean isJudgedAlike(List<Operation> history, long seed) {
    boolean expected = BruteForce.explains(history, slack(seed));
    var verdict = Linearizability.check(history, false, limits(seed));
    assertEquals(
        expected ? Verdict.Linearizable.class : Verdict.Violation.class,
        verdict.getClass(),
        () -> "seed " + seed + ": " + verdict + " of " + history);
    return expected;
  }

  private static Linearizability.Limits limits(long seed) {
    return new Linearizability.Limits(EXACT.stepsPerKeyMax(), slack(seed));
  }

  /** None, a fifth of a second, or two fifths. */
  private static long slack(long seed) {
    return Math.floorMod(seed, 3) * 200_000_000L;
  }

  private static List<Operation> smallHistory(long seed) {
    var random = new SplittableRandom(seed);
    var shape =
        new SimulatedStore.Shape(
            random.nextInt(2, 9),
            1,
            random.nextInt(1, 9),
            random.nextInt(100, 1_000),
            random.nextInt(1, 1_000),
            random.nextInt(30),
            random.nextInt(60));
    return SimulatedStore.history(shape, seed);
  }

  private static SimulatedStore.Shape shape(SplittableRandom random, int operations) {
    return new SimulatedStore.Shape(
        operations,
        random.nextInt(1, 4),
        random.nextBoolean() ? 4 : Integer.MAX_VALUE,
        random.nextInt(20, 500),
        random.nextInt(1, 300),
        random.nextInt(10),
        random.nextInt(40));
  }

  /** New ones each time; the message of a failure names the one to run again. */
  private static long[] seeds() {
    return ThreadLocalRandom.current().longs(HISTORIES).toArray();
  }
}
