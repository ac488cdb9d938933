package io.raftkv.tools;

import io.raftkv.check.Operation;
import io.raftkv.check.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether versions are unique over all keys and grow with time, checked as answers come in, so that
 * it sees what lies in different rounds: an update that was asked for after some version had been
 * seen gets a higher one. What it remembers is bounded; the oldest is forgotten first.
 */
final class VersionOrder {
  private static final int REMEMBERED_MAX = 100_000;

  /** Who was first seen with a version. */
  private final Map<Long, Sighting> owners = new Recent();

  /** By the time of return; versions grow along with it, for what was seen lower is left out. */
  private final TreeMap<Long, Sighting> highest = new TreeMap<>();

  /**
   * One answer that named a version.
   *
   * @param update whether it was given to this operation, or else read by it
   */
  record Sighting(long version, boolean update, Operation operation) {}

  /** Notes an answer; says what it contradicts, if it does. */
  synchronized Optional<Verdict.Violation> note(Sighting seen) {
    var contradiction = used(seen).or(() -> wentBack(seen));
    remember(seen);
    return contradiction;
  }

  private Optional<Verdict.Violation> used(Sighting seen) {
    var owner = owners.get(seen.version);
    if (owner == null) {
      return Optional.empty();
    }
    boolean sameKey = owner.operation.key().equals(seen.operation.key());
    if (sameKey && !(owner.update && seen.update)) {
      return Optional.empty();
    }
    var reason = "version " + seen.version + " belongs to one update, but two have it";
    return Optional.of(contradiction(reason, owner, seen));
  }

  private Optional<Verdict.Violation> wentBack(Sighting seen) {
    var before = highest.lowerEntry(seen.operation.invoked());
    if (!seen.update || before == null || before.getValue().version < seen.version) {
      return Optional.empty();
    }
    var reason =
        "versions grow with each update of any key, but version %d was given after %d had been seen"
            .formatted(seen.version, before.getValue().version);
    return Optional.of(contradiction(reason, before.getValue(), seen));
  }

  private static Verdict.Violation contradiction(String reason, Sighting one, Sighting other) {
    return one.operation.invoked() <= other.operation.invoked()
        ? new Verdict.Violation(reason, List.of(one.operation, other.operation))
        : new Verdict.Violation(reason, List.of(other.operation, one.operation));
  }

  private void remember(Sighting seen) {
    var owner = owners.get(seen.version);
    if (owner == null || !owner.update) {
      owners.put(seen.version, seen);
    }
    long returned = seen.operation.returned();
    var below = highest.floorEntry(returned);
    if (below != null && below.getValue().version >= seen.version) {
      return;
    }
    highest.put(returned, seen);
    for (var above = highest.higherEntry(returned);
        above != null && above.getValue().version <= seen.version;
        above = highest.higherEntry(returned)) {
      highest.remove(above.getKey());
    }
    if (highest.size() > REMEMBERED_MAX) {
      highest.pollFirstEntry();
    }
  }

  private static final class Recent extends LinkedHashMap<Long, Sighting> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Sighting> eldest) {
      return size() > REMEMBERED_MAX;
    }
  }
}
