package io.raftkv.check;

import static io.raftkv.check.Violations.because;
import static io.raftkv.check.Violations.found;
import static io.raftkv.check.Violations.name;

import io.raftkv.base.Bytes;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds the versions of all keys against the clock, for a store whose versions are unique and grow
 * with every update of any key: no version belongs to two keys, and an update gives a version above
 * all that anybody was shown before it was asked. In n log n steps.
 */
final class GlobalVersions {
  private GlobalVersions() {}

  /** The first contradiction between versions of different keys. */
  static Optional<Verdict.Violation> check(Collection<List<Judged>> keys) {
    var versioned = keys.stream().flatMap(List::stream).filter(o -> version(o) > 0).toList();
    return areOfOneKey(versioned).or(() -> grow(versioned));
  }

  /** The version that an operation shows or gives, 0 if none. */
  private static long version(Judged judged) {
    return judged.claim().dispatch(new VersionShown());
  }

  private static Optional<Verdict.Violation> areOfOneKey(List<Judged> versioned) {
    Map<Long, Judged> owners = new HashMap<>();
    for (var one : versioned) {
      var first = owners.putIfAbsent(version(one), one);
      if (first != null && !key(first).equals(key(one))) {
        return found(
            name(first) + " and " + name(one) + " show the same version " + version(one),
            first,
            one);
      }
    }
    return Optional.empty();
  }

  private static Bytes key(Judged judged) {
    return judged.operation().key();
  }

  private static Optional<Verdict.Violation> grow(List<Judged> versioned) {
    var byReturn = versioned.stream().sorted(Comparator.comparingLong(Judged::returned)).toList();
    var floor = Floor.START;
    int over = 0;
    for (var update : updates(versioned)) {
      while (over < byReturn.size() && byReturn.get(over).isBefore(update)) {
        var last = byReturn.get(over++);
        var shown = Floor.shown(version(last), last);
        floor = shown.isBeyond(floor) ? shown : floor;
      }
      if (version(update) <= floor.version()) {
        return found(
            name(update)
                + " gave version "
                + version(update)
                + ", although before it "
                + because(floor),
            update,
            floor.by());
      }
    }
    return Optional.empty();
  }

  private static List<Judged> updates(List<Judged> versioned) {
    return versioned.stream()
        .filter(o -> o.claim().dispatch(new GivenVersion()) > 0)
        .sorted(Comparator.comparingLong(Judged::invoked))
        .toList();
  }

  private static final class VersionShown extends GivenVersion {
    @Override
    public Long onSawMeta(Claim.SawMeta saw) {
      return saw.version();
    }
  }
}
