package io.raftkv.sim;

import io.raftkv.check.Action;
import io.raftkv.check.Linearizability;
import io.raftkv.check.Operation;
import io.raftkv.check.Outcome;
import io.raftkv.check.Verdict;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Judges what clients heard by their own words alone, as somebody would who sees no log: a second
 * judge beside {@link LogJudge}, that cannot make the same mistakes.
 */
final class HistoryJudge {
  /** More is spent on no key: what is left undecided is counted, and the log has judged it. */
  private static final int STEPS_MAX = 20_000;

  private static final long NANOS = 1_000;

  private HistoryJudge() {}

  /** Whether it came to a judgement; throws {@link Violation} if that is a bad one. */
  static boolean isDecided(List<ClientOperation> operations, ClusterTime time) {
    var history = operations.stream().map(HistoryJudge::operation).toList();
    var limits = new Linearizability.Limits(STEPS_MAX, time.errorMicrosMax() * NANOS);
    var verdict = Linearizability.check(history, true, limits);
    if (verdict instanceof Verdict.Violation violation) {
      throw new Violation("not linearizable: " + text(violation));
    }
    return verdict.getClass() == Verdict.Linearizable.class;
  }

  private static String text(Verdict.Violation violation) {
    return violation.operations().stream()
        .map(Operation::toString)
        .collect(Collectors.joining("; ", violation.reason() + ": ", ""));
  }

  private static Operation operation(ClientOperation asked) {
    var outcome = new Heard().of(asked);
    boolean isUnknown = outcome.equals(new Outcome.Unknown());
    return new Operation(
        (int) asked.connection(),
        SimClients.keyOf(asked.request()),
        action(asked.request()),
        outcome,
        asked.invokedAt() * NANOS,
        isUnknown ? Operation.NEVER : asked.returnedAt() * NANOS);
  }

  private static Action action(Request request) {
    if (request instanceof Request.Command command) {
      return command.dispatch(new Commanded());
    }
    return request.getClass() == Request.Get.class ? new Action.Get() : new Action.GetMeta();
  }

  private static final class Commanded implements Request.CommandHandler<Action> {
    @Override
    public Action onSet(Request.Set set) {
      return new Action.Set(set.exptime(), set.value());
    }

    @Override
    public Action onCas(Request.Cas cas) {
      return new Action.Cas(cas.exptime(), cas.version(), cas.value());
    }

    @Override
    public Action onDelete(Request.Delete delete) {
      return new Action.Delete();
    }
  }

  private static final class Heard implements Reply.Handler {
    private Outcome outcome = new Outcome.Unknown();

    Outcome of(ClientOperation asked) {
      asked.reply().ifPresent(reply -> reply.dispatch(this));
      return outcome;
    }

    @Override
    public void onStored(Reply.Stored reply) {
      outcome = new Outcome.Stored(reply.version());
    }

    @Override
    public void onDeleted(Reply.Deleted reply) {
      outcome = new Outcome.Deleted();
    }

    @Override
    public void onValue(Reply.Value reply) {
      outcome = new Outcome.Value(reply.value());
    }

    @Override
    public void onValueMeta(Reply.ValueMeta reply) {
      outcome = new Outcome.ValueMeta(reply.version(), reply.exptime(), reply.value());
    }

    @Override
    public void onNotFound(Reply.NotFound reply) {
      outcome = new Outcome.NotFound();
    }

    @Override
    public void onVersionMismatch(Reply.VersionMismatch reply) {
      outcome = new Outcome.VersionMismatch();
    }

    @Override
    public void onMalformed(Reply.Malformed reply) {
      throw new Violation("a well-formed request is called malformed");
    }

    @Override
    public void onInternal(Reply.Internal reply) {}
  }
}
