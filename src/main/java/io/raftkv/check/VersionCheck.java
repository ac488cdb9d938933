package io.raftkv.check;

import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Holds the versions of one key against the clock, in n log n steps. Each version is a place in the
 * key's life, so an answer that names one (or a value that only one update carried) cannot be
 * explained once a later place was known before it was asked. What is found here is wrong under
 * every order; what is not found may still be.
 */
final class VersionCheck {
  private final List<Judged> byInvocation;
  private final List<Judged> byReturn;
  private final KeyFacts facts;
  private final Lifetime lifetime;

  /** What was known when those were asked that say something of what was known. */
  private final IdentityHashMap<Judged, Floor> known = new IdentityHashMap<>();

  private VersionCheck(List<Judged> operations, Lifetime lifetime) {
    this.byInvocation =
        operations.stream().sorted(Comparator.comparingLong(Judged::invoked)).toList();
    this.byReturn =
        operations.stream()
            .filter(o -> !o.isOpen())
            .sorted(Comparator.comparingLong(Judged::returned))
            .toList();
    this.facts = new KeyFacts(operations, lifetime);
    this.lifetime = lifetime;
  }

  /** The first contradiction among the operations of one key, by the time of asking. */
  static Optional<Verdict.Violation> check(List<Judged> operations, Lifetime lifetime) {
    return absurd(operations)
        .or(() -> givenTwice(operations))
        .or(() -> new VersionCheck(operations, lifetime).sweep());
  }

  private static Optional<Verdict.Violation> absurd(List<Judged> operations) {
    return operations.stream()
        .filter(operation -> operation.claim() instanceof Claim.Absurd)
        .findFirst()
        .flatMap(
            operation ->
                Violations.found(
                    Violations.name(operation) + " got an answer that no such request can get",
                    operation));
  }

  private static Optional<Verdict.Violation> givenTwice(List<Judged> operations) {
    var given = new HashMap<Long, Judged>();
    for (var operation : operations) {
      long version = operation.claim().dispatch(new GivenVersion());
      var first = version == 0 ? null : given.putIfAbsent(version, operation);
      if (first != null) {
        return Violations.found(
            Violations.name(first)
                + " and "
                + Violations.name(operation)
                + " both gave version "
                + version,
            first,
            operation);
      }
    }
    return Optional.empty();
  }

  private Optional<Verdict.Violation> sweep() {
    var floor = Floor.START;
    int over = 0;
    for (var operation : byInvocation) {
      while (over < byReturn.size() && byReturn.get(over).isBefore(operation)) {
        var last = byReturn.get(over++);
        var shown = last.claim().dispatch(new Shown(last));
        floor = shown.isBeyond(floor) ? shown : floor;
      }
      known.put(operation, floor);
      var rules = new VersionRules(facts, lifetime, operation, floor);
      var found = operation.claim().dispatch(rules);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** How far an operation shows the key to have come by the time of its return. */
  private final class Shown extends Claim.Partial<Floor> {
    private final Judged operation;

    Shown(Judged operation) {
      super(Floor.START);
      this.operation = operation;
    }

    @Override
    public Floor onWrote(Claim.Wrote wrote) {
      return Floor.shown(wrote.version(), operation);
    }

    @Override
    public Floor onSwapped(Claim.Swapped swapped) {
      return Floor.shown(swapped.version(), operation);
    }

    @Override
    public Floor onSawMeta(Claim.SawMeta saw) {
      return Floor.shown(saw.version(), operation);
    }

    @Override
    public Floor onSaw(Claim.Saw saw) {
      return facts
          .writers()
          .onlyVersion(saw.value())
          .map(
              version ->
                  new Floor(version, false, List.of(operation, facts.given(version).orElseThrow())))
          .orElse(Floor.START);
    }

    /** Whatever was known to be there when this was asked is there no longer. */
    @Override
    public Floor onRemoved(Claim.Removed removed) {
      return known.getOrDefault(operation, Floor.START).gone(operation);
    }

    @Override
    public Floor onMissed(Claim.Missed missed) {
      return known.getOrDefault(operation, Floor.START).gone(operation);
    }
  }
}
