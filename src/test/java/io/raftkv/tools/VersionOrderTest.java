package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.check.Action;
import io.raftkv.check.Operation;
import io.raftkv.check.Outcome;
import io.raftkv.check.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VersionOrderTest {
  private final VersionOrder order = new VersionOrder();

  @Test
  void versionsThatGrowWithTimeAreRight() {
    assertTrue(update("a", 5, 0, 10).isEmpty());
    assertTrue(update("b", 6, 11, 20).isEmpty());
    assertTrue(read("a", 5, 21, 30).isEmpty());
    assertTrue(update("a", 8, 25, 40).isEmpty());
  }

  @Test
  void whatIsAskedForAtTheSameTimeMayComeInAnyOrder() {
    assertTrue(update("a", 9, 0, 20).isEmpty());
    assertTrue(update("b", 7, 20, 30).isEmpty());
    assertTrue(update("c", 8, 5, 40).isEmpty());
  }

  @Test
  void aReadMaySeeTheVersionThatAnUpdateIsYetToBeTold() {
    assertTrue(read("a", 5, 0, 10).isEmpty());
    assertTrue(update("a", 5, 1, 20).isEmpty());
    assertTrue(read("a", 5, 30, 40).isEmpty());
  }

  @Test
  void twoUpdatesWithOneVersionContradictEachOther() {
    update("a", 5, 10, 20);

    var found = update("b", 5, 0, 30);

    assertEquals(List.of(0L, 10L), invocations(found));
  }

  @Test
  void aVersionReadFromAKeyThatItWasNotGivenToIsAContradiction() {
    update("a", 5, 0, 10);

    assertEquals(List.of(0L, 20L), invocations(read("b", 5, 20, 30)));
  }

  @Test
  void anUpdateAskedForAfterAHigherVersionWasSeenIsAContradiction() {
    update("a", 5, 0, 10);
    read("b", 9, 11, 20);
    update("c", 10, 15, 40);

    assertEquals(List.of(11L, 21L), invocations(update("d", 8, 21, 30)));
  }

  @Test
  void answersThatAreNotedLateCountAllTheSame() {
    update("a", 9, 30, 40);
    update("b", 7, 0, 10);

    assertEquals(List.of(0L, 20L), invocations(update("c", 6, 20, 50)));
    assertTrue(update("d", 8, 20, 50).isEmpty());
  }

  private static List<Long> invocations(Optional<Verdict.Violation> found) {
    return found.orElseThrow().operations().stream().map(Operation::invoked).toList();
  }

  private Optional<Verdict.Violation> update(String key, long version, long from, long to) {
    var set = new Action.Set(0, Bytes.EMPTY);
    var stored = new Outcome.Stored(version);
    var operation = new Operation(0, Bytes.utf8(key), set, stored, from, to);
    return order.note(new VersionOrder.Sighting(version, true, operation));
  }

  private Optional<Verdict.Violation> read(String key, long version, long from, long to) {
    var seen = new Outcome.ValueMeta(version, 0, Bytes.EMPTY);
    var operation = new Operation(0, Bytes.utf8(key), new Action.GetMeta(), seen, from, to);
    return order.note(new VersionOrder.Sighting(version, false, operation));
  }
}
