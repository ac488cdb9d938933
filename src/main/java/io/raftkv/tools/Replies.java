package io.raftkv.tools;

import io.raftkv.check.Outcome;
import java.net.ProtocolException;

/** What replies mean, by what was asked. */
final class Replies {
  private static final String NOT_FOUND = "ERR_NOT_FOUND";

  private Replies() {}

  /**
   * What the client was told.
   *
   * @throws ProtocolException if the protocol has no such reply to this command: the server errs,
   *     or it is the reply to another request
   */
  static Outcome outcome(Verb verb, Answer answer) throws ProtocolException {
    if (answer.isUnknown()) {
      return new Outcome.Unknown();
    }
    var line = answer.line();
    boolean absent = line.equals(NOT_FOUND) && verb != Verb.SET;
    if (absent) {
      return new Outcome.NotFound();
    }
    if (verb == Verb.CAS && line.equals("ERR_VERSION")) {
      return new Outcome.VersionMismatch();
    }
    if (verb == Verb.DELETE && line.equals("DELETED")) {
      return new Outcome.Deleted();
    }
    if ((verb == Verb.SET || verb == Verb.CAS) && answer.isOk() && answer.version() > 0) {
      return new Outcome.Stored(answer.version());
    }
    return value(verb, answer);
  }

  private static Outcome value(Verb verb, Answer answer) throws ProtocolException {
    var fields = answer.line().split(" ", -1);
    if (verb == Verb.GET && answer.isValue() && fields.length == 2) {
      return new Outcome.Value(answer.value());
    }
    long exptime = verb == Verb.GETM && fields.length == 4 ? Decimal.parse(fields[2]) : -1;
    if (answer.isValue() && answer.version() > 0 && exptime >= 0 && exptime <= Integer.MAX_VALUE) {
      return new Outcome.ValueMeta(answer.version(), (int) exptime, answer.value());
    }
    throw new ProtocolException("the reply to a " + verb.word() + " was: " + answer);
  }
}
