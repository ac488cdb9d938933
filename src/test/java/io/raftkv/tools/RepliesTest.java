package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.raftkv.base.Bytes;
import io.raftkv.check.Outcome;
import java.net.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RepliesTest {
  private static final Bytes VALUE = Bytes.utf8("v");

  @Test
  void eachReplyOfTheProtocolHasItsMeaning() throws ProtocolException {
    assertEquals(new Outcome.Stored(7), outcome(Verb.SET, "OK 7"));
    assertEquals(new Outcome.Stored(7), outcome(Verb.CAS, "OK 7"));
    assertEquals(new Outcome.VersionMismatch(), outcome(Verb.CAS, "ERR_VERSION"));
    assertEquals(new Outcome.NotFound(), outcome(Verb.CAS, "ERR_NOT_FOUND"));
    assertEquals(new Outcome.Deleted(), outcome(Verb.DELETE, "DELETED"));
    assertEquals(new Outcome.NotFound(), outcome(Verb.DELETE, "ERR_NOT_FOUND"));
    assertEquals(new Outcome.NotFound(), outcome(Verb.GET, "ERR_NOT_FOUND"));
    assertEquals(new Outcome.NotFound(), outcome(Verb.GETM, "ERR_NOT_FOUND"));
    var value = Replies.outcome(Verb.GET, new Answer("VALUE 1", VALUE));
    assertEquals(new Outcome.Value(VALUE), value);
    var meta = Replies.outcome(Verb.GETM, new Answer("VALUE 7 2147483647 1", VALUE));
    assertEquals(new Outcome.ValueMeta(7, Integer.MAX_VALUE, VALUE), meta);
  }

  @ParameterizedTest
  @EnumSource
  void anInternalErrorLeavesTheOutcomeOpen(Verb verb) throws ProtocolException {
    assertEquals(new Outcome.Unknown(), outcome(verb, "ERR_INTERNAL"));
  }

  @ParameterizedTest
  @CsvSource({
    "SET, OK",
    "SET, OK 0",
    "SET, OK -1",
    "SET, 'OK 7 '",
    "SET, ERR_NOT_FOUND",
    "SET, ERR_VERSION",
    "SET, VALUE 1",
    "CAS, DELETED",
    "CAS, ERR_CMD_ERR",
    "DELETE, OK 7",
    "DELETE, ERR_VERSION",
    "GET, OK 7",
    "GET, VALUE 7 0 1",
    "GET, DELETED",
    "GET, ''",
    "GETM, VALUE 1",
    "GETM, VALUE 0 0 1",
    "GETM, VALUE 7 2147483648 1",
    "GETM, VALUE 7 -1 1",
  })
  void aReplyToAnotherRequestIsRefused(Verb verb, String line) {
    var refusal = assertThrows(ProtocolException.class, () -> outcome(verb, line));

    assertEquals("the reply to a " + verb.word() + " was: " + line, refusal.getMessage());
  }

  private static Outcome outcome(Verb verb, String line) throws ProtocolException {
    return Replies.outcome(verb, Answer.of(line));
  }
}
