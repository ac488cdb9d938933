package io.raftkv.tools;

import io.raftkv.base.Bytes;
import io.raftkv.check.Operation;
import io.raftkv.check.Outcome;
import io.raftkv.check.Verdict;
import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks for many clients at once, and turns what they are told into history. */
final class Recorder {
  private static final int UNJUDGED_MAX = 500_000;

  private final Tally tally;
  private final Findings findings;
  private final Optional<VersionOrder> versions;

  /**
   * @param versions watches over the versions of all keys, empty if they are not of one order
   */
  Recorder(Tally tally, Findings findings, Optional<VersionOrder> versions) {
    this.tally = tally;
    this.findings = findings;
    this.versions = versions;
  }

  /**
   * Sends these requests in one go and waits for the answers, which it returns. All are noted, also
   * if the connection breaks: what was not answered by then may still take effect.
   *
   * @throws ProtocolException if a reply is none that the protocol has for its request
   */
  List<Answer> ask(KvClient connection, int client, Round round, List<Asked> burst)
      throws IOException {
    if (connection.hasInput()) {
      throw new ProtocolException("there came a reply to nothing");
    }
    var answers = new ArrayList<Answer>();
    long invoked = System.nanoTime();
    try {
      connection.send(Requests.join(burst.stream().map(Asked::request).toArray(Bytes[]::new)));
      for (var asked : burst) {
        var answer = connection.receive();
        answered(round, asked, client, new Span(invoked, System.nanoTime()), answer);
        answers.add(answer);
      }
      return answers;
    } finally {
      for (var asked : burst.subList(answers.size(), burst.size())) {
        unanswered(round, asked, client, invoked);
      }
    }
  }

  private record Span(long invoked, long returned) {}

  private void answered(Round round, Asked asked, int client, Span span, Answer answer)
      throws ProtocolException {
    var outcome = Replies.outcome(asked.verb(), answer);
    if (answer.isUnknown()) {
      unanswered(round, asked, client, span.invoked);
      return;
    }
    var operation =
        new Operation(client, asked.key(), asked.action(), outcome, span.invoked, span.returned);
    tally.answered(asked.verb());
    round.add(operation);
    if (answer.version() > 0) {
      round.seen(asked.index(), answer.version());
      var seen = new VersionOrder.Sighting(answer.version(), answer.isOk(), operation);
      versions.flatMap(order -> order.note(seen)).ifPresent(findings::violated);
    }
  }

  private void unanswered(Round round, Asked asked, int client, long invoked) {
    tally.unanswered(asked.verb());
    if (!asked.verb().isRead()) {
      var unknown = new Outcome.Unknown();
      round.add(
          new Operation(client, asked.key(), asked.action(), unknown, invoked, Operation.NEVER));
    }
  }

  /** Whether so much waits for judgement that clients should ask no more for a while. */
  boolean isFull() {
    return tally.unjudged() > UNJUDGED_MAX;
  }

  /** Notes that a server broke the protocol. */
  void misbehaved(ServerConfig server, ProtocolException how) {
    findings.violated(
        new Verdict.Violation(
            "server %d broke the protocol: %s".formatted(server.id(), how.getMessage()),
            List.of()));
  }
}
