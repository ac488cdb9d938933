package io.raftkv.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KvStoreTest {
  private static final Life LIFE = new Life(1_000, 1);
  private static final Bytes KEY = Bytes.utf8("k");

  private final KvStore store = new KvStore();
  private long index;
  private long sequence;
  private long time = 5_000;

  private Reply apply(Request.Command command) {
    return applyAs(new RequestId(1, LIFE, ++sequence), Optional.of(command)).reply();
  }

  private KvStore.Applied applyAs(RequestId id, Optional<Request.Command> command) {
    return store.apply(++index, time, new Proposal(id, command).encode()).orElseThrow();
  }

  private static Request.Set set(String value, int exptime) {
    return new Request.Set(KEY, exptime, Bytes.utf8(value));
  }

  private Reply get() {
    return store.read(new Request.Get(KEY));
  }

  private Reply getMeta() {
    return store.read(new Request.GetMeta(KEY));
  }

  private static Reply value(String value) {
    return new Reply.Value(Bytes.utf8(value));
  }

  @Test
  void theVersionOfAValueIsTheIndexOfItsEntry() {
    index = 41;

    assertEquals(new Reply.Stored(42), apply(set("v", 0)));
    assertEquals(new Reply.ValueMeta(42, 0, Bytes.utf8("v")), getMeta());
  }

  @Test
  void aKeyThatWasNeverSetIsNotFound() {
    assertEquals(Reply.NOT_FOUND, get());
    assertEquals(Reply.NOT_FOUND, getMeta());
    assertEquals(Reply.NOT_FOUND, apply(new Request.Delete(KEY)));
    assertEquals(Reply.NOT_FOUND, apply(new Request.Cas(KEY, 0, 0, Bytes.utf8("v"))));
  }

  @Test
  void aCasWithTheRightVersionReplacesEverything() {
    apply(set("old", 0));

    var reply = apply(new Request.Cas(KEY, 7, 1, Bytes.utf8("new")));

    assertEquals(new Reply.Stored(2), reply);
    assertEquals(new Reply.ValueMeta(2, 7, Bytes.utf8("new")), getMeta());
  }

  @Test
  void aCasWithAnotherVersionChangesNothing() {
    apply(set("old", 0));

    for (long version : new long[] {0, 2, Long.MAX_VALUE}) {
      var reply = apply(new Request.Cas(KEY, 0, version, Bytes.utf8("new")));
      assertEquals(Reply.VERSION_MISMATCH, reply);
    }
    assertEquals(value("old"), get());
  }

  @Test
  void aDeletedKeyIsGone() {
    apply(set("v", 9));

    assertEquals(Reply.DELETED, apply(new Request.Delete(KEY)));

    assertEquals(Reply.NOT_FOUND, get());
    assertEquals(Long.MAX_VALUE, store.earliestDeadline());
  }

  @Test
  void aKeyEndsWhenTheClocksStampReachesItsDeadline() {
    apply(set("v", 2));
    assertEquals(7_000, store.earliestDeadline());

    store.advance(++index, 6_999);
    assertEquals(value("v"), get());
    store.advance(++index, 7_000);

    assertEquals(Reply.NOT_FOUND, get());
    assertEquals(0, store.size());
  }

  @Test
  void aCommandSeesAKeyAsDeadAtItsOwnStamp() {
    apply(set("v", 2));
    time = 7_000;

    assertEquals(Reply.NOT_FOUND, apply(new Request.Cas(KEY, 0, 1, Bytes.utf8("w"))));
  }

  @Test
  void theLongestExptimeDoesNotOverflow() {
    apply(set("v", Integer.MAX_VALUE));

    assertEquals(5_000 + Integer.MAX_VALUE * 1_000L, store.earliestDeadline());
  }

  @Test
  void anOverwrittenDeadlineNoLongerCounts() {
    apply(set("v", 1));
    apply(set("w", 0));

    store.advance(++index, 100_000);

    assertEquals(value("w"), get());
    assertEquals(Long.MAX_VALUE, store.earliestDeadline());
  }

  @Test
  void aCommandThatComesAgainDoesNothing() {
    var id = new RequestId(1, LIFE, 1);
    applyAs(id, Optional.of(set("first", 0)));

    var again = applyAs(id, Optional.of(set("second", 0)));

    assertFalse(again.counted());
    assertEquals(value("first"), get());
  }

  @Test
  void aCommandBehindAGapDoesNothing() {
    applyAs(new RequestId(1, LIFE, 1), Optional.of(set("v", 0)));

    assertFalse(applyAs(new RequestId(1, LIFE, 3), Optional.of(set("w", 0))).counted());
    assertEquals(value("v"), get());
  }

  @Test
  void aNewerLifeBeginsWithItsFirstCommand() {
    applyAs(new RequestId(1, LIFE, 1), Optional.of(set("v", 0)));
    var newer = new Life(LIFE.number() + 1, 9);

    assertFalse(applyAs(new RequestId(1, newer, 2), Optional.of(set("w", 0))).counted());
    assertTrue(applyAs(new RequestId(1, newer, 1), Optional.of(set("x", 0))).counted());
    assertFalse(applyAs(new RequestId(1, LIFE, 2), Optional.of(set("y", 0))).counted());
    assertEquals(value("x"), get());
  }

  @Test
  void aLifeWithTheSameNumberAndOtherRandomBitsIsRefused() {
    applyAs(new RequestId(1, LIFE, 1), Optional.of(set("v", 0)));
    var twin = new Life(LIFE.number(), LIFE.random() + 1);

    assertFalse(applyAs(new RequestId(1, twin, 1), Optional.of(set("w", 0))).counted());
    assertEquals(LIFE, store.origins().life(1));
  }

  @Test
  void aVoidUsesUpItsSequenceAndDoesNothing() {
    assertTrue(applyAs(new RequestId(1, LIFE, 1), Optional.empty()).counted());

    assertFalse(applyAs(new RequestId(1, LIFE, 1), Optional.of(set("late", 0))).counted());
    assertTrue(applyAs(new RequestId(1, LIFE, 2), Optional.of(set("next", 0))).counted());
    assertEquals(value("next"), get());
  }

  @Test
  void bytesThatAreNoProposalOnlyLetTheClockGoOn() {
    assertEquals(Optional.empty(), store.apply(1, 77, Bytes.utf8("poison")));

    assertEquals(1, store.appliedIndex());
    assertEquals(77, store.clock());
  }

  @Test
  void neitherIndexNorClockMayGoBack() {
    store.advance(5, 100);

    assertThrows(Invariant.Broken.class, () -> store.advance(5, 100));
    assertThrows(Invariant.Broken.class, () -> store.advance(6, 99));
  }

  @Test
  void equalStatesHaveEqualDigestsHoweverTheyCameAbout() {
    var other = new KvStore();
    var a = new Request.Set(Bytes.utf8("a"), 0, Bytes.utf8("1"));
    var b = new Request.Set(Bytes.utf8("b"), 3, Bytes.utf8("2"));
    store.apply(1, 10, new Proposal(new RequestId(1, LIFE, 1), Optional.of(a)).encode());
    store.apply(2, 10, new Proposal(new RequestId(1, LIFE, 2), Optional.of(b)).encode());
    other.apply(1, 10, new Proposal(new RequestId(1, LIFE, 1), Optional.of(a)).encode());

    assertNotEquals(store.digest(), other.digest());
    other.apply(2, 10, new Proposal(new RequestId(1, LIFE, 2), Optional.of(b)).encode());
    assertEquals(store.digest(), other.digest());
  }
}
