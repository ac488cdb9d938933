package io.raftkv.check;

import java.util.Set;

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
    return holding(wrote.content(), wrote.version(), false);
  }

  @Override
  public KeyState onSwapped(Claim.Swapped swapped) {
    return isThere() && before.canHave(swapped.expected()) && swapped.version() > swapped.expected()
        ? holding(swapped.content(), swapped.version(), false)
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
    return isThere() && before.content().equals(saw.content()) && before.canHave(saw.version())
        ? seen(before.isVersionOpen() ? before.withVersion(saw.version()) : before)
        : KeyState.IMPOSSIBLE;
  }

  /** The only claim that a key's expiry helps to explain, so it expires here or nowhere. */
  @Override
  public KeyState onMissed(Claim.Missed missed) {
    if (!before.present()) {
      return before;
    }
    boolean mayHaveExpired = before.content().exptime() > 0 && returned >= before.earliestEnd();
    return mayHaveExpired
        ? gone(Math.max(before.notBefore(), before.earliestEnd()))
        : KeyState.IMPOSSIBLE;
  }

  @Override
  public KeyState onMismatched(Claim.Mismatched mismatched) {
    if (!isThere()) {
      return KeyState.IMPOSSIBLE;
    }
    if (before.isVersionOpen()) {
      return seen(before.without(mismatched.expected()));
    }
    return before.version() != mismatched.expected() ? seen(before) : KeyState.IMPOSSIBLE;
  }

  @Override
  public KeyState onMayWrite(Claim.MayWrite write) {
    return holding(write.content(), before.version() + 1, true);
  }

  @Override
  public KeyState onMaySwap(Claim.MaySwap swap) {
    return isThere() && before.canHave(swap.expected())
        ? holding(swap.content(), swap.expected() + 1, true)
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
    return before.present() && invoked <= before.latestEnd();
  }

  /** Versions of a key grow, so a smaller one (or one beyond the last number) cannot be. */
  private KeyState holding(Claim.Content content, long version, boolean isVersionOpen) {
    if (version <= before.version()) {
      return KeyState.IMPOSSIBLE;
    }
    return new KeyState(
        true,
        content,
        version,
        isVersionOpen,
        Set.of(),
        lifetime.earliestEnd(invoked, content.exptime()),
        lifetime.latestEnd(returned, content.exptime()),
        before.notBefore());
  }

  private KeyState gone(long notBefore) {
    return KeyState.absent(before.version(), notBefore);
  }

  /** What was seen was stored by then, so its time runs from then at the latest. */
  private KeyState seen(KeyState state) {
    return state.endingBy(lifetime.latestEnd(returned, state.content().exptime()));
  }
}
