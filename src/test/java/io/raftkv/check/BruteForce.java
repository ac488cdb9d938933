package io.raftkv.check;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Tries every order of a few operations on one key, with every version that an update of unknown
 * outcome could give. Written without the checker's model, so that each can be held against the
 * other. An open update is placed where it changes something, or not at all.
 */
final class BruteForce {
  private final List<Operation> order = new ArrayList<>();
  private final List<Operation> rest;
  private final long slack;
  private final long versionMax;

  private final List<Operation> unseen;

  private BruteForce(List<Operation> history, List<Operation> unseen, long slack) {
    this.unseen = unseen;
    this.rest = new ArrayList<>(history);
    this.rest.removeIf(o -> isUnknown(o) && isRead(o));
    this.slack = slack;
    long named = history.stream().flatMapToLong(BruteForce::named).max().orElse(0);
    this.versionMax = named + history.size() + 1;
  }

  /** Whether some order of these operations on one key explains all their answers. */
  static boolean explains(List<Operation> history, long slack) {
    return explains(history, List.of(), slack);
  }

  /** The same with nobody looking at the answers of those {@code unseen}. */
  static boolean explains(List<Operation> history, List<Operation> unseen, long slack) {
    return new BruteForce(history, unseen, slack)
        .search(new Key(false, Bytes.EMPTY, 0, 0, 0, -1, Long.MIN_VALUE));
  }

  /**
   * @param storedAt the place in the order of the update that stored what is there
   * @param barrier nothing that comes later may have returned before
   */
  private record Key(
      boolean there,
      Bytes value,
      int exptime,
      long version,
      long lastVersion,
      int storedAt,
      long barrier) {}

  private boolean isUnknown(Operation o) {
    return o.returned() == Operation.NEVER || unseen.contains(o);
  }

  private static boolean isRead(Operation o) {
    return o.action() instanceof Action.Get || o.action() instanceof Action.GetMeta;
  }

  private static LongStream named(Operation o) {
    long inAction = o.action() instanceof Action.Cas cas ? cas.version() : 0;
    long inOutcome =
        o.outcome() instanceof Outcome.Stored stored
            ? stored.version()
            : o.outcome() instanceof Outcome.ValueMeta meta ? meta.version() : 0;
    return LongStream.of(inAction, inOutcome);
  }

  private boolean search(Key key) {
    if (rest.stream().allMatch(this::isUnknown)) {
      return true;
    }
    for (int i = 0; i < rest.size(); i++) {
      var next = rest.get(i);
      if (rest.stream().noneMatch(o -> !isUnknown(o) && o.returned() < next.invoked())
          && order.stream().noneMatch(o -> next.returned() < o.invoked())
          && next.returned() >= key.barrier) {
        rest.remove(i);
        order.add(next);
        boolean explained = outcomes(key, next).stream().anyMatch(this::search);
        order.remove(order.size() - 1);
        rest.add(i, next);
        if (explained) {
          return true;
        }
      }
    }
    return false;
  }

  /** The states in which the operation placed last can leave the key. */
  private List<Key> outcomes(Key key, Operation next) {
    var outcomes = new ArrayList<Key>();
    if (!key.there) {
      addOutcomes(key, next, outcomes);
      return outcomes;
    }
    if (key.exptime == 0 || next.invoked() <= lastChance(key)) {
      addOutcomes(key, next, outcomes);
    } else if (next.action() instanceof Action.Set) {
      addOutcomes(key, next, outcomes);
    } else if (next.action() instanceof Action.Delete && isUnknown(next)) {
      addOutcomes(key, next, outcomes);
    }
    long firstEnd = key.exptime == 0 ? Operation.NEVER : firstEnd(key);
    if (!isUnknown(next)
        && next.outcome() instanceof Outcome.NotFound
        && next.returned() >= firstEnd) {
      long barrier = Math.max(key.barrier, firstEnd);
      var expired = new Key(false, Bytes.EMPTY, 0, 0, key.lastVersion, -1, barrier);
      addOutcomes(expired, next, outcomes);
    }
    return outcomes;
  }

  private long firstEnd(Key key) {
    return order.get(key.storedAt).invoked() + key.exptime * 1_000_000_000L - slack;
  }

  private long lastChance(Key key) {
    long storedBy =
        order.subList(key.storedAt, order.size() - 1).stream()
            .mapToLong(Operation::returned)
            .min()
            .orElseThrow();
    return storedBy == Operation.NEVER
        ? Operation.NEVER
        : storedBy + key.exptime * 1_000_000_000L + slack;
  }

  private void addOutcomes(Key key, Operation next, List<Key> outcomes) {
    if (next.action() instanceof Action.Set set) {
      addStored(key, set.exptime(), set.value(), next, outcomes);
    } else if (next.action() instanceof Action.Cas cas) {
      addCas(key, cas, next, outcomes);
    } else if (next.action() instanceof Action.Delete) {
      addDelete(key, next, outcomes);
    } else if (next.action() instanceof Action.Get) {
      if (next.outcome().equals(key.there ? new Outcome.Value(key.value) : notFound())) {
        outcomes.add(key);
      }
    } else if (next.outcome()
        .equals(
            key.there ? new Outcome.ValueMeta(key.version, key.exptime, key.value) : notFound())) {
      outcomes.add(key);
    }
  }

  private static Outcome notFound() {
    return new Outcome.NotFound();
  }

  private void addStored(Key key, int exptime, Bytes value, Operation next, List<Key> outcomes) {
    long from = key.lastVersion + 1;
    long to = versionMax;
    if (!isUnknown(next) && next.outcome() instanceof Outcome.Stored stored) {
      from = Math.max(from, stored.version());
      to = stored.version();
    } else if (!isUnknown(next)) {
      return;
    }
    for (long version = from; version <= to; version++) {
      int place = order.size() - 1;
      outcomes.add(new Key(true, value, exptime, version, version, place, key.barrier));
    }
  }

  private void addCas(Key key, Action.Cas cas, Operation next, List<Key> outcomes) {
    if (!key.there) {
      if (next.outcome().equals(notFound())) {
        outcomes.add(key);
      }
    } else if (key.version != cas.version()) {
      if (next.outcome() instanceof Outcome.VersionMismatch) {
        outcomes.add(key);
      }
    } else {
      addStored(key, cas.exptime(), cas.value(), next, outcomes);
    }
  }

  private void addDelete(Key key, Operation next, List<Key> outcomes) {
    if (!key.there) {
      if (next.outcome().equals(notFound())) {
        outcomes.add(key);
      }
    } else if (isUnknown(next) || next.outcome() instanceof Outcome.Deleted) {
      outcomes.add(new Key(false, Bytes.EMPTY, 0, 0, key.lastVersion, -1, key.barrier));
    }
  }
}
