package io.raftkv.check;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges whether a history of client operations is linearizable: whether the answers are those of
 * one store that ran one command at a time, each at some moment between its invocation and its
 * return. A history begins with an empty store, or with keys that nobody used before.
 *
 * <p>Keys do not influence each other, so each is judged alone (Herlihy and Wing: linearizability
 * is local). First the versions are held against the clock, which takes n log n steps and finds
 * most violations with the few operations that contradict each other; then an order of each key's
 * operations is searched that explains every answer.
 */
public final class Linearizability {
  private Linearizability() {}

  /**
   * How hard to try, and how exact the store's clock is.
   *
   * @param stepsPerKeyMax after so many steps of the search a key is left undecided
   * @param expirySlackNanos how much later, and how much earlier, a key may be seen to expire than
   *     exptime seconds after its update. Later, because the entry that ends a key must first be
   *     committed, and because the cluster's clock loses the way of a stamp with each change of
   *     leader. Earlier, because a leader's clock may run fast, and because a cluster that starts
   *     cold makes up at once for what its clock had lost.
   */
  public record Limits(long stepsPerKeyMax, long expirySlackNanos) {
    /** Five million steps and two seconds. */
    public static final Limits DEFAULTS = new Limits(5_000_000, 2_000_000_000);

    public Limits {
      if (stepsPerKeyMax < 1) {
        throw new IllegalArgumentException(
            "stepsPerKeyMax is " + stepsPerKeyMax + ", not positive");
      }
      if (expirySlackNanos < 0) {
        throw new IllegalArgumentException("expirySlackNanos is negative: " + expirySlackNanos);
      }
    }
  }

  /**
   * Judges a history.
   *
   * @param history in any order; operations of one client may overlap and are not taken to be in
   *     the order of sending
   * @param versionsAreGlobal whether versions are unique over the whole store and grow with every
   *     update, as indexes of one log do, so that they can be compared across keys
   * @return {@link Verdict.Undecided} only if nothing wrong was found and a key's search was given
   *     up
   */
  public static Verdict check(List<Operation> history, boolean versionsAreGlobal, Limits limits) {
    var lifetime = new Lifetime(limits.expirySlackNanos());
    var keys = Judged.byKey(history);
    for (var key : keys.values()) {
      var found = VersionCheck.check(key, lifetime);
      if (found.isPresent()) {
        return found.get();
      }
    }
    if (versionsAreGlobal) {
      var found = GlobalVersions.check(keys.values());
      if (found.isPresent()) {
        return found.get();
      }
    }
    long unknown = history.stream().filter(o -> o.returned() == Operation.NEVER).count();
    return search(keys, lifetime, limits.stepsPerKeyMax())
        .orElseGet(() -> new Verdict.Linearizable(history.size(), unknown));
  }

  private static Optional<Verdict> search(
      Map<Bytes, List<Judged>> keys, Lifetime lifetime, long stepsMax) {
    var givenUp = new ArrayList<Bytes>();
    for (var key : keys.entrySet()) {
      var result = KeySearch.run(new KeyHistory(key.getValue()), lifetime, stepsMax);
      if (result.ending() == KeySearch.Ending.IMPOSSIBLE) {
        return Optional.of(Counterexample.of(key.getValue(), result.stuckAt(), lifetime, stepsMax));
      }
      if (result.ending() == KeySearch.Ending.GIVEN_UP) {
        givenUp.add(key.getKey());
      }
    }
    return givenUp.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Verdict.Undecided(
                "the search was given up after "
                    + stepsMax
                    + " steps for "
                    + givenUp.size()
                    + " of "
                    + keys.size()
                    + " keys, the first of them "
                    + givenUp.get(0)));
  }
}
