package io.raftkv.check;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Changes one thing in a history, which may or may not make it wrong. */
final class Corruption {
  private final SplittableRandom random;
  private final List<Operation> history;

  private Corruption(List<Operation> history, long seed) {
    this.random = new SplittableRandom(seed);
    this.history = history;
  }

  /** A copy with one edit; {@code history} is not empty. */
  static List<Operation> edit(List<Operation> history, long seed) {
    return new Corruption(history, seed).edit();
  }

  private List<Operation> edit() {
    var edited = new ArrayList<>(history);
    while (edited.equals(history)) {
      int at = random.nextInt(history.size());
      var operation = history.get(at);
      edited.set(
          at,
          switch (random.nextInt(4)) {
            case 0 -> with(operation, otherValue(operation.outcome()));
            case 1 -> with(operation, otherVersion(operation.outcome()));
            case 2 -> with(operation, otherOutcome());
            default -> hurried(operation);
          });
    }
    return edited;
  }

  private static Operation with(Operation o, Outcome outcome) {
    long last = o.returned() == Operation.NEVER ? o.invoked() + 1_000_000_000L : o.returned();
    long returned = outcome instanceof Outcome.Unknown ? Operation.NEVER : last;
    return new Operation(o.client(), o.key(), o.action(), outcome, o.invoked(), returned);
  }

  private Outcome otherValue(Outcome outcome) {
    var value = Bytes.utf8("v" + random.nextInt(8));
    if (outcome instanceof Outcome.Value) {
      return new Outcome.Value(value);
    }
    return outcome instanceof Outcome.ValueMeta meta
        ? new Outcome.ValueMeta(meta.version(), meta.exptime(), value)
        : outcome;
  }

  private Outcome otherVersion(Outcome outcome) {
    int by = random.nextInt(-3, 4);
    if (outcome instanceof Outcome.Stored stored) {
      return new Outcome.Stored(Math.max(1, stored.version() + by));
    }
    return outcome instanceof Outcome.ValueMeta meta
        ? new Outcome.ValueMeta(Math.max(1, meta.version() + by), meta.exptime(), meta.value())
        : outcome;
  }

  /** Another answer, mostly one that somebody else got. */
  private Outcome otherOutcome() {
    return switch (random.nextInt(6)) {
      case 0 -> new Outcome.NotFound();
      case 1 -> new Outcome.Deleted();
      case 2 -> new Outcome.VersionMismatch();
      case 3 -> new Outcome.Unknown();
      default -> history.get(random.nextInt(history.size())).outcome();
    };
  }

  /** The answer comes earlier, or the request later. */
  private Operation hurried(Operation o) {
    if (o.returned() == Operation.NEVER || o.returned() == o.invoked()) {
      return o;
    }
    long moment = random.nextLong(o.invoked(), o.returned());
    boolean isEarlier = random.nextBoolean();
    return new Operation(
        o.client(),
        o.key(),
        o.action(),
        o.outcome(),
        isEarlier ? o.invoked() : moment,
        isEarlier ? moment : o.returned());
  }
}
