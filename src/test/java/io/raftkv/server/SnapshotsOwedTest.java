package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What is damaged is replaced by as many snapshots as that takes, and no more. */
class SnapshotsOwedTest {
  private final SnapshotsOwed owed = new SnapshotsOwed();

  @Test
  void nothingIsOwedForNothing() {
    assertFalse(owed.isToBeTaken(10, 20));
  }

  @Test
  void aDamagedLogFileTakesTwo() {
    owed.found(true, 20);

    assertTrue(owed.isToBeTaken(10, 20));
    owed.saved(20);
    assertTrue(owed.isToBeTaken(20, 21));
    owed.saved(21);
    assertFalse(owed.isToBeTaken(21, 30));
  }

  @Test
  void aDamagedSnapshotTakesOne() {
    owed.found(false, 20);

    assertTrue(owed.isToBeTaken(10, 20));
    owed.saved(20);
    assertFalse(owed.isToBeTaken(20, 30));
  }

  @Test
  void oneIsAskedForAtATime() {
    owed.found(true, 20);

    assertTrue(owed.isToBeTaken(10, 20));
    assertFalse(owed.isToBeTaken(10, 25));
  }

  @Test
  void withoutNewEntriesTheNextOneWaitsForSome() {
    owed.found(true, 20);
    assertTrue(owed.isToBeTaken(10, 20));
    owed.saved(20);

    assertFalse(owed.isToBeTaken(20, 20));
    assertTrue(owed.isToBeTaken(20, 21));
  }

  /** It was begun before, and may not cover what the damaged file holds. */
  @Test
  void oneThatWasUnderWayWhenTheDamageWasFoundDoesNotCount() {
    owed.found(false, 20);
    owed.saved(19);

    assertTrue(owed.isToBeTaken(19, 20));
  }

  @Test
  void whatIsFoundAgainIsNotOwedOnTop() {
    owed.found(true, 20);
    owed.found(true, 20);
    owed.found(false, 20);
    owed.saved(20);
    owed.saved(21);

    assertFalse(owed.isToBeTaken(21, 30));
  }
}
