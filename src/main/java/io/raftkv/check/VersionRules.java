package io.raftkv.check;

import static io.raftkv.check.Violations.because;
import static io.raftkv.check.Violations.found;
import static io.raftkv.check.Violations.name;

import java.util.Optional;
import java.util.stream.Stream;

/** What the versions of its key forbid one operation to say. */
final class VersionRules extends Claim.Partial<Optional<Verdict.Violation>> {
  private final KeyFacts facts;
  private final Lifetime lifetime;
  private final Judged operation;
  private final Floor floor;

  /**
   * @param floor what was known of the key when the operation was asked
   */
  VersionRules(KeyFacts facts, Lifetime lifetime, Judged operation, Floor floor) {
    super(Optional.empty());
    this.facts = facts;
    this.lifetime = lifetime;
    this.operation = operation;
    this.floor = floor;
  }

  @Override
  public Optional<Verdict.Violation> onWrote(Claim.Wrote wrote) {
    return isNew(wrote.version());
  }

  @Override
  public Optional<Verdict.Violation> onSwapped(Claim.Swapped swapped) {
    return isNew(swapped.version())
        .or(() -> hasOrigin(swapped.expected()))
        .or(() -> isThere(swapped.expected(), Stream.empty()))
        .or(() -> isNext(swapped));
  }

  @Override
  public Optional<Verdict.Violation> onSaw(Claim.Saw saw) {
    var writer = facts.writers().first(saw.value());
    if (writer.isEmpty()) {
      return found(name(operation) + " shows a value that nobody ever sent", operation);
    }
    if (operation.isBefore(writer.get())) {
      return found(
          name(operation) + " shows a value that nobody had sent by then", operation, writer.get());
    }
    return facts
        .writers()
        .onlyVersion(saw.value())
        .flatMap(v -> isThere(v, facts.given(v).stream()));
  }

  @Override
  public Optional<Verdict.Violation> onSawMeta(Claim.SawMeta saw) {
    long version = saw.version();
    return hasContent(saw).or(() -> isThere(version, Stream.empty()));
  }

  @Override
  public Optional<Verdict.Violation> onMissed(Claim.Missed missed) {
    if (floor.isGone()) {
      return Optional.empty();
    }
    var shown = floor.by().get(0);
    if (facts.mayBeRemoved(shown, operation)) {
      return Optional.empty();
    }
    var update = facts.given(floor.version());
    boolean mayExpire = update.map(u -> facts.mayExpire(u, operation)).orElse(facts.hasMortals());
    if (mayExpire) {
      return Optional.empty();
    }
    boolean isMortal = update.filter(u -> KeyFacts.content(u).exptime() > 0).isPresent();
    String why = isMortal ? "its time was not over and nobody" : "nobody";
    return found(
        name(operation)
            + " found nothing, although "
            + because(floor)
            + " and "
            + why
            + " had asked to remove it",
        Stream.concat(
            Stream.of(operation),
            Stream.concat(floor.by().stream(), isMortal ? update.stream() : Stream.empty())));
  }

  @Override
  public Optional<Verdict.Violation> onMismatched(Claim.Mismatched mismatched) {
    var update = facts.given(mismatched.expected()).filter(u -> u.isBefore(operation));
    if (update.isEmpty()
        || facts
            .firstUpdateAfter(mismatched.expected())
            .filter(next -> !operation.isBefore(next))
            .isPresent()) {
      return Optional.empty();
    }
    return found(
        name(operation)
            + " was told that the version is not "
            + mismatched.expected()
            + ", although no other update had been asked for since "
            + name(update.get())
            + " gave it",
        update.get(),
        operation);
  }

  /** An update gives a version above all that are known. */
  private Optional<Verdict.Violation> isNew(long version) {
    return version > floor.version()
        ? Optional.empty()
        : found(
            name(operation) + " gave version " + version + ", although before it " + because(floor),
            operation,
            floor.by());
  }

  /** A version that is shown was given by an update that had been asked for. */
  private Optional<Verdict.Violation> hasOrigin(long version) {
    var given = facts.given(version);
    return given.isPresent()
        ? isAskedBefore(given.get())
        : hasOpenOrigin(facts.firstOpenWrite(), version);
  }

  private Optional<Verdict.Violation> hasOpenOrigin(Optional<Judged> first, long version) {
    return first.filter(update -> !operation.isBefore(update)).isPresent()
        ? Optional.empty()
        : found(
            name(operation)
                + " found version "
                + version
                + ", which no update asked for by then can have given",
            operation);
  }

  private Optional<Verdict.Violation> isAskedBefore(Judged update) {
    return operation.isBefore(update)
        ? found(
            name(operation) + " is the result of an update that was only asked for afterwards",
            operation,
            update)
        : Optional.empty();
  }

  /** A version can be seen until it is known to be gone or overwritten, or has expired. */
  private Optional<Verdict.Violation> isThere(long version, Stream<Judged> origin) {
    if (!floor.allows(version)) {
      return found(
          name(operation) + " found version " + version + ", although before it " + because(floor),
          Stream.concat(Stream.concat(Stream.of(operation), floor.by().stream()), origin));
    }
    return facts
        .given(version)
        .filter(
            update ->
                operation.invoked()
                    > lifetime.latestEnd(update.returned(), KeyFacts.content(update).exptime()))
        .flatMap(
            update ->
                found(
                    name(operation)
                        + " found version "
                        + version
                        + ", which should have expired long before",
                    update,
                    operation));
  }

  /** A cas replaces the version it names, so the key had no other one between that and its own. */
  private Optional<Verdict.Violation> isNext(Claim.Swapped swapped) {
    long between = facts.versionBefore(swapped.version());
    return between <= swapped.expected()
        ? Optional.empty()
        : found(
            name(operation)
                + " put version "
                + swapped.version()
                + " in place of "
                + swapped.expected()
                + ", although the key had version "
                + between
                + " between them",
            Stream.concat(Stream.of(operation), facts.mention(between).stream()));
  }

  /** A version is shown with what the update that gave it stored. */
  private Optional<Verdict.Violation> hasContent(Claim.SawMeta saw) {
    var given = facts.given(saw.version());
    if (given.isPresent()) {
      var update = given.get();
      return KeyFacts.content(update).equals(saw.content())
          ? isAskedBefore(update)
          : differs(saw, update);
    }
    var shown = facts.shown(saw.version());
    if (shown.isPresent() && !shown.get().content().equals(saw.content())) {
      return differs(saw, shown.get().by());
    }
    return hasOpenOrigin(facts.openWrite(saw.content()), saw.version());
  }

  private Optional<Verdict.Violation> differs(Claim.SawMeta saw, Judged other) {
    return found(
        name(operation)
            + " shows version "
            + saw.version()
            + " with another content than "
            + name(other),
        other,
        operation);
  }
}
