package io.raftkv.check;

import static io.raftkv.check.Told.cas;
import static io.raftkv.check.Told.casMissed;
import static io.raftkv.check.Told.casRefused;
import static io.raftkv.check.Told.deleteMissed;
import static io.raftkv.check.Told.deleted;
import static io.raftkv.check.Told.get;
import static io.raftkv.check.Told.getm;
import static io.raftkv.check.Told.getmFor;
import static io.raftkv.check.Told.maybeCas;
import static io.raftkv.check.Told.maybeDelete;
import static io.raftkv.check.Told.maybeSet;
import static io.raftkv.check.Told.maybeSetFor;
import static io.raftkv.check.Told.missed;
import static io.raftkv.check.Told.on;
import static io.raftkv.check.Told.set;
import static io.raftkv.check.Told.setFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Small histories of one key, right ones and wrong ones. */
class LinearizabilityTest {
  /** The store's clock may be half a second off. */
  private static final Linearizability.Limits LIMITS =
      new Linearizability.Limits(10_000, 500_000_000);

  @Test
  void nothingIsRight() {
    right();
  }

  @Test
  void aReadSeesWhatWasStoredBeforeItWasAsked() {
    right(set("a", 1, 0, 10), get("a", 20, 30), getm(1, "a", 40, 50));
  }

  @Test
  void aReadBesideAWriteSeesTheOldOrTheNew() {
    right(set("a", 1, 0, 10), set("b", 2, 20, 90), get("a", 30, 40), get("b", 50, 60));
    right(set("a", 1, 0, 10), set("b", 2, 20, 90), get("b", 30, 40), get("b", 50, 60));
  }

  @Test
  void anAnswerAtTheVeryMomentOfARequestMayComeAfterIt() {
    right(set("a", 1, 0, 10), missed(10, 20));
    wrong(2, "found nothing", set("a", 1, 0, 10), missed(11, 20));
  }

  @Test
  void aStaleReadIsWrong() {
    wrong(
        3, "found version 1, although", set("a", 1, 0, 10), set("b", 2, 20, 30), get("a", 40, 50));
    wrong(
        2,
        "found version 1, although",
        set("a", 1, 0, 10),
        set("b", 2, 20, 30),
        getm(1, "a", 40, 50));
  }

  @Test
  void twoReadsThatGoBackAreWrongAlsoWhileTheWriteIsUnderWay() {
    wrong(
        2,
        "found version 1, although",
        set("a", 1, 0, 10),
        set("b", 2, 20, 900),
        getm(2, "b", 30, 40),
        getm(1, "a", 50, 60));
  }

  @Test
  void twoReadsThatGoBackAreWrongAlsoIfValuesAreEqual() {
    var verdict =
        wrong(
            4,
            "no order explains",
            set("a", 1, 0, 10),
            set("b", 2, 20, 900),
            get("b", 30, 40),
            get("a", 50, 60),
            get("b", 70, 80),
            maybeSetFor(0, "b", 5_000),
            set("a", 9, 2_000, 2_100));
    assertTrue(verdict.reason().contains("the first that does not fit is"), verdict.reason());
  }

  @Test
  void aLostWriteIsWrong() {
    wrong(2, "nobody had asked to remove it", set("a", 1, 0, 10), missed(20, 30));
    wrong(2, "nobody had asked to remove it", set("a", 1, 0, 10), casMissed(1, 20, 30));
    wrong(2, "nobody had asked to remove it", set("a", 1, 0, 10), deleteMissed(20, 30));
  }

  @Test
  void aLostUpdateIsWrong() {
    wrong(
        2,
        "both gave version 2",
        set("a", 1, 0, 10),
        cas(1, "b", 2, 20, 40),
        cas(1, "c", 2, 20, 40));
    wrong(2, "in place of 1", set("a", 1, 0, 10), cas(1, "b", 2, 20, 40), cas(1, "c", 3, 20, 40));
  }

  @Test
  void anUpdateThatTookEffectTwiceIsWrong() {
    wrong(
        1,
        "no update asked for by then",
        set("a", 1, 0, 10),
        set("b", 2, 20, 30),
        getm(3, "a", 40, 50));
  }

  @Test
  void aVersionThatIsGivenTwiceIsWrong() {
    wrong(2, "both gave version 1", set("a", 1, 0, 30), set("b", 1, 10, 40));
  }

  @Test
  void aVersionThatDoesNotGrowIsWrong() {
    wrong(2, "gave version 4, although", set("a", 5, 0, 10), set("b", 4, 20, 30));
    wrong(1, "gave version 0, although", set("a", 0, 0, 10));
  }

  @Test
  void aCasThatIgnoresTheVersionIsWrong() {
    wrong(
        2,
        "found version 1, although",
        set("a", 1, 0, 10),
        set("b", 2, 20, 30),
        cas(1, "c", 3, 40, 50));
    wrong(1, "no update asked for by then", set("a", 1, 0, 10), cas(7, "b", 8, 20, 30));
  }

  @Test
  void aCasThatIsRefusedForTheOnlyVersionThereIsIsWrong() {
    wrong(2, "the version is not 1", set("a", 1, 0, 10), casRefused(1, 20, 30));
    right(set("a", 1, 0, 10), maybeSet("b", 15), casRefused(1, 20, 30));
    right(set("a", 1, 0, 10), set("b", 2, 25, 40), casRefused(1, 20, 30));
    right(set("a", 2, 0, 10), casRefused(1, 20, 30));
  }

  @Test
  void aReadOfTheFutureIsWrong() {
    wrong(2, "nobody had sent by then", get("a", 0, 10), set("a", 1, 20, 30));
    wrong(2, "only asked for afterwards", getm(1, "a", 0, 10), set("a", 1, 20, 30));
    wrong(2, "no update asked for by then", getm(1, "a", 0, 10), maybeSet("a", 20));
  }

  @Test
  void aValueFromNowhereIsWrong() {
    wrong(1, "a value that nobody ever sent", set("a", 1, 0, 10), get("b", 5, 30));
    wrong(2, "with another content", set("a", 1, 0, 10), getm(1, "b", 5, 30));
    wrong(2, "with another content", setFor(9, "a", 1, 0, 10), getm(1, "a", 5, 30));
  }

  @Test
  void anAnswerThatNoSuchRequestGetsIsWrong() {
    var stored = new Outcome.Stored(1);
    wrong(1, "no such request", Told.told(new Action.Delete(), stored, 0, 10));
  }

  @Test
  void whatWasDeletedIsNotSeenAgain() {
    right(set("a", 1, 0, 10), deleted(20, 30), missed(40, 50), set("b", 2, 60, 70));
    wrong(3, "to be gone", set("a", 1, 0, 10), deleted(20, 30), getm(1, "a", 40, 50));
    wrong(4, "to be gone", set("a", 1, 0, 10), deleted(20, 90), missed(40, 50), get("a", 60, 70));
  }

  @Test
  void oneDeleteOfTwoFindsTheKey() {
    right(set("a", 1, 0, 10), deleted(20, 40), deleteMissed(20, 40));
    wrong(3, "no order explains", set("a", 1, 0, 10), deleted(20, 40), deleted(20, 40));
  }

  @Test
  void anUnknownWriteMayTakeEffectLate() {
    right(maybeSet("b", 0), set("a", 1, 10, 20), get("a", 30, 40), getm(5, "b", 50, 60));
  }

  @Test
  void anUnknownWriteMayNeverTakeEffect() {
    right(maybeSet("b", 0), maybeDelete(0), set("a", 1, 10, 20), get("a", 30, 40));
  }

  @Test
  void anUnknownWriteTakesEffectAtMostOnce() {
    wrong(
        4,
        "no order explains",
        maybeSet("b", 0),
        set("a", 1, 10, 20),
        get("b", 30, 40),
        set("c", 3, 50, 60),
        get("b", 70, 80));
  }

  @Test
  void twoUnknownWritesOfOneValueAreTwo() {
    right(
        maybeSet("b", 0),
        maybeSet("b", 0),
        getm(2, "b", 30, 40),
        set("c", 3, 50, 60),
        getm(4, "b", 70, 80));
    wrong(
        3,
        "no order explains",
        maybeSet("b", 0),
        getm(2, "b", 30, 40),
        set("c", 3, 50, 60),
        getm(4, "b", 70, 80));
  }

  @Test
  void theVersionOfAnUnknownWriteLiesBetweenItsNeighbours() {
    right(set("a", 1, 0, 10), maybeSet("b", 20), get("b", 30, 40), set("c", 3, 50, 60));
    wrong(
        3,
        "no order explains",
        set("a", 1, 0, 10),
        maybeSet("b", 20),
        get("b", 30, 40),
        set("c", 2, 50, 60));
  }

  @Test
  void anUnknownCasTakesEffectOnlyOnItsVersion() {
    right(set("a", 1, 0, 10), maybeCas(1, "b", 20), getm(2, "b", 30, 40));
    wrong(3, "no order explains", set("a", 1, 0, 10), maybeCas(9, "b", 20), get("b", 30, 40));
  }

  @Test
  void aKeyMayExpireWhenItsTimeIsOver() {
    right(setFor(2, "a", 1, 0, 10), getmFor(2, 1, "a", 1_400, 1_410), missed(1_600, 1_610));
    right(setFor(2, "a", 1, 0, 10), missed(2_000, 2_010), casMissed(1, 2_100, 2_110));
  }

  @Test
  void earlyExpiryIsWrong() {
    wrong(2, "its time was not over and nobody", setFor(2, "a", 1, 0, 10), missed(1_300, 1_400));
  }

  @Test
  void aKeyThatNeverExpiresIsWrong() {
    right(setFor(2, "a", 1, 0, 10), get("a", 2_510, 2_600));
    wrong(2, "should have expired", setFor(2, "a", 1, 0, 10), get("a", 2_511, 2_600));
    wrong(3, "no order explains", setFor(2, "a", 1, 0, 10), casRefused(7, 2_600, 2_700));
  }

  @Test
  void anUnknownWriteThatWasSeenExpiresAfterThat() {
    right(maybeSetFor(2, "a", 0), get("a", 8_000, 8_010), get("a", 10_000, 10_010));
    wrong(
        2,
        "no order explains",
        maybeSetFor(2, "a", 0),
        get("a", 8_000, 8_010),
        get("a", 10_600, 10_610));
  }

  @Test
  void aKeyThatCameBackAfterItExpiredIsWrong() {
    wrong(3, "to be gone", setFor(2, "a", 1, 0, 10), missed(2_000, 2_010), get("a", 2_100, 2_110));
  }

  @Test
  void versionsOfDifferentKeysAreComparedOnlyIfTheyMayBe() {
    var history = List.of(set("a", 5, 0, 10), on("other", set("b", 4, 20, 30)));

    assertEquals(new Verdict.Linearizable(2, 0), Linearizability.check(history, false, LIMITS));
    check(history, true, 2, "gave version 4, although");
  }

  @Test
  void aVersionThatTwoKeysHadIsWrongIfVersionsAreGlobal() {
    check(List.of(set("a", 5, 0, 90), on("other", set("b", 5, 20, 30))), true, 2, "same version 5");
  }

  @Test
  void whatAReadOfOneKeyShowedIsAFloorForUpdatesOfAnother() {
    check(
        List.of(maybeSet("a", 0), getm(5, "a", 10, 20), on("other", set("b", 4, 30, 40))),
        true,
        2,
        "gave version 4, although");
  }

  @Test
  void aSearchThatIsGivenUpIsUndecidedAndNeverRight() {
    var history =
        List.of(set("a", 1, 0, 90), set("b", 2, 0, 90), set("c", 3, 0, 90), get("b", 10, 20));
    assertEquals(new Verdict.Linearizable(4, 0), Linearizability.check(history, true, LIMITS));

    var verdict = Linearizability.check(history, true, new Linearizability.Limits(1, 500_000_000));

    assertEquals(Verdict.Undecided.class, verdict.getClass());
  }

  @Test
  void aKeyThatIsWrongCountsMoreThanOneThatIsUndecided() {
    var history =
        List.of(
            set("a", 1, 0, 90),
            set("b", 2, 0, 90),
            set("c", 3, 0, 90),
            get("b", 10, 20),
            on("other", deleted(0, 10)));

    var verdict = Linearizability.check(history, true, new Linearizability.Limits(1, 500_000_000));

    assertEquals(Verdict.Violation.class, verdict.getClass());
  }

  @Test
  void readsWithoutAnAnswerSayNothing() {
    var verdict =
        Linearizability.check(
            List.of(set("a", 1, 0, 10), Told.untold(new Action.Get(), 5)), true, LIMITS);

    assertEquals(new Verdict.Linearizable(2, 1), verdict);
  }

  private static void right(Operation... history) {
    long unknown = List.of(history).stream().filter(o -> o.returned() == Operation.NEVER).count();
    assertEquals(
        new Verdict.Linearizable(history.length, unknown),
        Linearizability.check(List.of(history), true, LIMITS));
  }

  private static Verdict.Violation wrong(int most, String reason, Operation... history) {
    return check(List.of(history), false, most, reason);
  }

  /** Wrong for this reason, shown by so many operations at most. */
  private static Verdict.Violation check(
      List<Operation> history, boolean versionsAreGlobal, int most, String reason) {
    var verdict = Linearizability.check(history, versionsAreGlobal, LIMITS);
    assertEquals(Verdict.Violation.class, verdict.getClass(), verdict::toString);
    var violation = (Verdict.Violation) verdict;
    assertTrue(violation.reason().contains(reason), violation::toString);
    assertTrue(violation.operations().size() <= most, violation::toString);
    assertTrue(history.containsAll(violation.operations()), violation::toString);
    return violation;
  }
}
