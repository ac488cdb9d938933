package io.raftkv.check;

/**
 * The model of one key: what one operation makes of a state, {@link KeyState#IMPOSSIBLE} if its
 * answer cannot be true there. An operation of unknown outcome is taken to have taken effect.
 */
final class Transition implements Claim.Handler<KeyState> {
  private final KeyState before;
  private final long invoked;
  private final long returned;
  private final Lifetime lifetime;

  private Transition(KeyState before, Operation operation, Lifetime lifetime) {
    this.before = before;
    this.invoked = operation.invoked();
    this.returned = operation.returned();
    this.lifetime = lifetime;
  }

  static KeyState of(KeyState before, Judged next, Lifetime lifetime) {
    return next.returned() < before.notBefore()
        ? KeyState.IMPOSSIBLE
        : next.claim().dispatch(new Transition(before, next.operation(), lifetime));
  }

  @Override
  public KeyState onWrote(Claim.Wrote wrote) {
    return holding(wrote.content(), Version.known(wrote.version()));
  }

  @Override
  public KeyState onSwapped(Claim.Swapped swapped) {
    return isThere()
            && before.version().canBe(swapped.expected())
            && swapped.version() > swapped.expected()
        ? holding(swapped.content(), Version.known(swapped.version()))
        : KeyState.IMPOSSIBLE;
  }

  @Override
  public KeyState onRemoved(Claim.Removed removed) {
    return isThere() ? gone(before.notBefore()) : KeyState.IMPOSSIBLE;
  }

  @Override
  public KeyState onSaw(Claim.Saw saw) {
    return isThere() && before.content().value().equals(saw.value())
        ? seen(before)
        : KeyState.IMPOSSIBLE;
  }

  @Override
  public KeyState onSawMeta(Claim.SawMeta saw) {
    return isThere()
            && before.content().equals(saw.content())
            && before.version().canBe(saw.version())
        ? seen(before.withVersion(Version.known(saw.version())))
        : KeyState.IMPOSSIBLE;
  }

  /** The only claim that a key's expiry helps to explain, so it expires here or nowhere. */
  @Override
  public KeyState onMissed(Claim.Missed missed) {
    if (!before.present()) {
      return before;
    }
    boolean mayHaveExpired = before.content().exptime() > 0 && returned >= before.end().earliest();
    return mayHaveExpired
        ? gone(Math.max(before.notBefore(), before.end().earliest()))
        : KeyState.IMPOSSIBLE;
  }

  @Override
  public KeyState onMismatched(Claim.Mismatched mismatched) {
    if (!isThere()) {
      return KeyState.IMPOSSIBLE;
    }
    var version = before.version();
    if (version.isOpen()) {
      return seen(before.withVersion(version.without(mismatched.expected())));
    }
    return version.canBe(mismatched.expected()) ? KeyState.IMPOSSIBLE : seen(before);
  }

  @Override
  public KeyState onMayWrite(Claim.MayWrite write) {
    return holding(write.content(), Version.above(before.version().smallest()));
  }

  @Override
  public KeyState onMaySwap(Claim.MaySwap swap) {
    return isThere() && before.version().canBe(swap.expected())
        ? holding(swap.content(), Version.above(swap.expected()))
        : KeyState.IMPOSSIBLE;
  }

  @Override
  public KeyState onMayRemove(Claim.MayRemove remove) {
    return before.present() ? gone(before.notBefore()) : KeyState.IMPOSSIBLE;
  }

  @Override
  public KeyState onNothing(Claim.Nothing nothing) {
    return before;
  }

  @Override
  public KeyState onAbsurd(Claim.Absurd absurd) {
    return KeyState.IMPOSSIBLE;
  }

  private boolean isThere() {
    return before.present() && invoked <= before.end().latest();
  }

  /** Versions of a key grow, so a smaller one (or one beyond the last number) cannot be. */
  private KeyState holding(Claim.Content content, Version version) {
    if (version.smallest() <= before.version().smallest()) {
      return KeyState.IMPOSSIBLE;
    }
    var end =
        new KeyState.End(
            lifetime.earliestEnd(invoked, content.exptime()),
            lifetime.latestEnd(returned, content.exptime()));
    return new KeyState(true, content, version, end, before.notBefore());
  }

  private KeyState gone(long notBefore) {
    return KeyState.absent(before.version().smallest(), notBefore);
  }

  /** What was seen was stored by then, so its time runs from then at the latest. */
  private KeyState seen(KeyState state) {
    return state.endingBy(lifetime.latestEnd(returned, state.content().exptime()));
  }
}
