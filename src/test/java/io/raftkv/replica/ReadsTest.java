package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which index a read waits for. */
class ReadsTest {
  private final Reads reads = new Reads(7);

  /** The entry that the index stood for may have been lost with the leader that named it. */
  @Test
  void aReadIsAskedAgainUntilItsIndexIsAppliedAndTakesTheLowestIndexNamed() {
    long id = reads.sendEmpty();

    reads.confirm(id, 10);
    reads.answer(9, read -> {});
    assertEquals(List.of(id), reads.ids());
    reads.confirm(id, 9);
    reads.confirm(id, 12);
    reads.answer(9, read -> {});

    assertTrue(reads.isAnswered(id));
    assertTrue(reads.isIdle());
  }

  @Test
  void aReadThatNobodyHasConfirmedIsNotAnswered() {
    long id = reads.sendEmpty();

    reads.answer(1_000, read -> {});

    assertFalse(reads.isAnswered(id));
  }
}
