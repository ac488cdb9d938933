package io.raftkv.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.tools.Answer;
import org.junit.jupiter.api.Test;

class ChainTest {
  private final Chain chain = new Chain("k", 0, true);

  @Test
  void setAndCasAndReadFollowEachOther() {
    assertEquals(Bytes.utf8("set k 0 3\r\nk.1\r\n"), chain.next());
    assertTrue(chain.answered(ok(5)).isEmpty());
    assertEquals(Bytes.utf8("cas k 0 5 3\r\nk.2\r\n"), chain.next());
    assertTrue(chain.answered(ok(6)).isEmpty());
    assertEquals(Bytes.utf8("getm k\r\n"), chain.next());
    assertTrue(chain.answered(value(6, "k.2")).isEmpty());
    assertEquals(Bytes.utf8("set k 0 3\r\nk.3\r\n"), chain.next());
  }

  @Test
  void aSetThatWasAppliedTwiceShowsInTheCasBehindIt() {
    chain.next();
    chain.answered(ok(5));
    chain.next();

    var complaint = chain.answered(line("ERR_VERSION"));

    assertTrue(complaint.isPresent());
  }

  @Test
  void aVersionThatDoesNotGrowIsWrong() {
    chain.next();
    chain.answered(ok(5));
    chain.next();

    assertTrue(chain.answered(ok(5)).isPresent());
  }

  @Test
  void aReadOfTheValueBeforeIsStale() {
    chain.next();
    chain.answered(ok(5));
    chain.next();
    chain.answered(ok(6));
    chain.next();

    assertTrue(chain.answered(value(5, "k.1")).isPresent());
  }

  @Test
  void whatWasAcknowledgedMustBeThereAtTheEnd() {
    chain.next();
    chain.answered(ok(5));

    assertTrue(chain.judge(value(5, "k.1")).isEmpty());
    assertTrue(chain.judge(value(7, "k.1")).isPresent());
    assertTrue(chain.judge(value(4, "k.0")).isPresent());
    assertTrue(chain.judge(line("ERR_NOT_FOUND")).isPresent());
  }

  @Test
  void aWriteOfUnknownOutcomeMayHaveHappenedAndEndsTheChain() {
    chain.next();
    chain.answered(ok(5));
    chain.next();
    assertFalse(chain.isOver());

    chain.answered(line("ERR_INTERNAL"));

    assertTrue(chain.isOver());
    assertTrue(chain.judge(value(5, "k.1")).isEmpty());
    assertTrue(chain.judge(value(9, "k.2")).isEmpty());
    assertTrue(chain.judge(value(4, "k.2")).isPresent());
  }

  @Test
  void aFirstWriteOfUnknownOutcomeMayBeAbsent() {
    chain.next();
    chain.lost();

    assertTrue(chain.judge(line("ERR_NOT_FOUND")).isEmpty());
    assertTrue(chain.judge(value(3, "k.1")).isEmpty());
  }

  @Test
  void aReadOfUnknownOutcomeChangesNothing() {
    chain.next();
    chain.answered(ok(5));
    chain.next();
    chain.answered(ok(6));
    chain.next();

    chain.lost();

    assertFalse(chain.isOver());
    assertEquals(Bytes.utf8("set k 0 3\r\nk.3\r\n"), chain.next());
  }

  private static Answer ok(long version) {
    return line("OK " + version);
  }

  private static Answer line(String line) {
    return new Answer(line, Bytes.EMPTY);
  }

  private static Answer value(long version, String value) {
    return new Answer("VALUE " + version + " 0 " + value.length(), Bytes.utf8(value));
  }
}
