package io.raftkv.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for an order of one key's operations that explains all answers: the search of Wing and Gong
 * (1993) with Lowe's just-in-time order and memory (2017). A configuration is the set of operations
 * that have taken effect and the state they left; next may come whatever was invoked before the
 * first return that is still to be explained, and that one is tried first. Configurations are
 * remembered exactly as they are, never by a hash alone.
 *
 * <p>What keeps it nearly linear loses no order that matters:
 *
 * <ul>
 *   <li>An answer that is true in the state at hand and does not change it is taken at once. In any
 *       order that explains the rest, this operation can be moved to here: nobody else notices, and
 *       nothing that must come before it is left.
 *   <li>Versions of a key grow, so of the answered updates only the one with the smallest version
 *       that has not come yet can be next: if another were, the smaller one could never follow.
 *   <li>For the same reason no update, removal or expiry can be next while an answer that names the
 *       version at hand is still to come.
 *   <li>An update of unknown outcome is taken only where something can come right after it that is
 *       not indifferent to it. In an order where an overwriting update comes right after it, or
 *       nothing, it can be left out.
 *   <li>Of open updates with the same effect the one invoked first is taken first: if both are
 *       still to come, they can change places.
 *   <li>A configuration is as good as known if it was met before with fewer open updates used up:
 *       whatever can follow now could follow then.
 * </ul>
 */
final class KeySearch {
  /** What became of a search. */
  enum Ending {
    EXPLAINED,
    IMPOSSIBLE,
    GIVEN_UP
  }

  /**
   * @param stuckAt the smallest rank whose answer no order could explain together with all smaller
   *     ones; the number of operations if all were
   * @param steps how many configurations were reached and open updates weighed
   */
  record Result(Ending ending, int stuckAt, long steps) {}

  /**
   * @param target the smallest rank that has not taken effect
   * @param ahead which ranks have, counted from target
   * @param taken which open updates have
   * @param turn how many of the updates that gave a version have
   * @param isOwed whether the last one was an open update, so that one that needs it must be next
   */
  private record Configuration(
      int target, BitSet ahead, BitSet taken, KeyState state, int turn, boolean isOwed) {}

  /** A configuration but for the open updates that it has used up. */
  private record Place(int target, BitSet ahead, KeyState state, boolean isOwed) {}

  /** Looking through what is remembered of one place takes time as well. */
  private static final int COMPARISONS_PER_STEP = 32;

  private static final Claim.Handler<Boolean> OVERWRITES =
      new Claim.Partial<>(false) {
        @Override
        public Boolean onWrote(Claim.Wrote wrote) {
          return true;
        }

        @Override
        public Boolean onMayWrite(Claim.MayWrite write) {
          return true;
        }

        @Override
        public Boolean onMayRemove(Claim.MayRemove remove) {
          return true;
        }
      };

  private final KeyHistory history;
  private final Lifetime lifetime;
  private final long stepsMax;

  /** Where the search has been, and the smallest sets of open updates it had used up there. */
  private final Map<Place, List<BitSet>> seen = new HashMap<>();

  private final Deque<Branches> path = new ArrayDeque<>();
  private long steps;
  private int furthest;

  private KeySearch(KeyHistory history, Lifetime lifetime, long stepsMax) {
    this.history = history;
    this.lifetime = lifetime;
    this.stepsMax = stepsMax;
  }

  /** Searches until an order is found, none is left, or {@code stepsMax} steps were made. */
  static Result run(KeyHistory history, Lifetime lifetime, long stepsMax) {
    var search = new KeySearch(history, lifetime, stepsMax);
    var ending = search.run();
    return new Result(ending, search.furthest, search.steps);
  }

  private Ending run() {
    enter(new Configuration(0, new BitSet(), new BitSet(), KeyState.INITIAL, 0, false));
    while (furthest < history.size()) {
      if (steps > stepsMax) {
        return Ending.GIVEN_UP;
      }
      if (path.isEmpty()) {
        return Ending.IMPOSSIBLE;
      }
      if (!path.getLast().tryNext()) {
        path.removeLast();
      }
    }
    return Ending.EXPLAINED;
  }

  private void enter(Configuration reached) {
    steps++;
    var settled = settle(reached);
    furthest = Math.max(furthest, settled.target);
    if (settled.target < history.size() && isNew(settled)) {
      path.addLast(new Branches(settled));
    }
  }

  private boolean isNew(Configuration reached) {
    var place = new Place(reached.target, reached.ahead, reached.state, reached.isOwed);
    var sets = seen.computeIfAbsent(place, p -> new ArrayList<>(1));
    if (sets.stream().anyMatch(smaller -> isWithin(smaller, reached.taken))) {
      return false;
    }
    steps += sets.size() / COMPARISONS_PER_STEP;
    sets.removeIf(larger -> isWithin(reached.taken, larger));
    sets.add(reached.taken);
    return true;
  }

  private static boolean isWithin(BitSet smaller, BitSet larger) {
    for (int i = smaller.nextSetBit(0); i >= 0; i = smaller.nextSetBit(i + 1)) {
      if (!larger.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** Takes all that changes nothing, and moves on to the first return that is left. */
  private Configuration settle(Configuration reached) {
    int target = reached.target;
    var ahead = reached.ahead;
    var state = reached.state;
    boolean isOwed = reached.isOwed;
    while (target < history.size()) {
      for (int rank : history.underWay(target)) {
        if (!ahead.get(rank - target)) {
          var next = Transition.of(state, history.answered(rank), lifetime);
          if (next.isStill(state)) {
            ahead.set(rank - target);
            state = next;
            isOwed = false;
          }
        }
      }
      int explained = ahead.nextClearBit(0);
      if (explained == 0) {
        state = state.asOf(history.answered(target).returned());
        break;
      }
      target += explained;
      ahead = ahead.get(explained, Math.max(explained, ahead.length()));
    }
    var taken = stillOpen(reached.taken, target);
    return new Configuration(target, ahead, taken, state, reached.turn, isOwed);
  }

  /** Open updates whose time is over count neither as used up nor as left. */
  private BitSet stillOpen(BitSet taken, int target) {
    if (target == history.size()
        || taken.stream().allMatch(number -> history.isOpenAt(target, number))) {
      return taken;
    }
    var left = (BitSet) taken.clone();
    taken.stream().filter(number -> !history.isOpenAt(target, number)).forEach(left::clear);
    return left;
  }

  /** What may come next in one configuration, tried one by one. */
  private final class Branches {
    private final Configuration here;
    private final int[] underWay;
    private final int openCount;
    private int tried;

    Branches(Configuration here) {
      this.here = here;
      this.underWay = history.underWay(here.target);
      this.openCount = isAnybodyLooking() ? history.openBy(here.target) : 0;
    }

    /**
     * Whether anybody looks: a chain of open updates is of use only to one that does in the end.
     */
    private boolean isAnybodyLooking() {
      return Arrays.stream(underWay).anyMatch(rank -> isDue(rank) && looks(rank));
    }

    private boolean looks(int rank) {
      return !history.answered(rank).claim().dispatch(OVERWRITES);
    }

    /** Enters the next configuration that can follow; false if there is none. */
    boolean tryNext() {
      while (tried < underWay.length) {
        if (tryAnswered(underWay[tried++])) {
          return true;
        }
      }
      while (tried < underWay.length + openCount) {
        if (tryOpen(tried++ - underWay.length)) {
          return true;
        }
      }
      return false;
    }

    private boolean tryAnswered(int rank) {
      var operation = history.answered(rank);
      var next =
          isDue(rank) && isWelcome(operation) ? after(here.state, operation) : KeyState.IMPOSSIBLE;
      if (!next.isPossible()) {
        return false;
      }
      var ahead = (BitSet) here.ahead.clone();
      ahead.set(rank - here.target);
      if (!canFollow(next, ahead, here.taken)) {
        return false;
      }
      int turn = here.turn + (history.turn(rank) >= 0 ? 1 : 0);
      enter(new Configuration(here.target, ahead, here.taken, next, turn, false));
      return true;
    }

    private KeyState after(KeyState state, Judged next) {
      return Transition.of(state, next, lifetime);
    }

    private boolean isDue(int rank) {
      int turn = history.turn(rank);
      return !here.ahead.get(rank - here.target) && (turn < 0 || turn == here.turn);
    }

    private boolean isWelcome(Judged next) {
      return !here.isOwed || !next.claim().dispatch(OVERWRITES);
    }

    private boolean tryOpen(int number) {
      var operation = history.open(number);
      var next =
          isFree(number) && isWelcome(operation)
              ? after(here.state, operation)
              : KeyState.IMPOSSIBLE;
      if (!next.isPossible()) {
        return false;
      }
      var taken = (BitSet) here.taken.clone();
      taken.set(number);
      if (!canFollow(next, here.ahead, taken) || !isOfUse(next, number)) {
        return false;
      }
      var ahead = (BitSet) here.ahead.clone();
      enter(new Configuration(here.target, ahead, taken, next, here.turn, true));
      return true;
    }

    private boolean canFollow(KeyState next, BitSet ahead, BitSet taken) {
      return history.canFollow(
          here.state,
          next,
          rank -> rank < here.target || ahead.get(rank - here.target),
          taken::get);
    }

    private boolean isFree(int number) {
      int twin = history.twin(number);
      return !here.taken.get(number)
          && (twin < 0 || here.taken.get(twin))
          && history.isOpenAt(here.target, number);
    }

    private boolean isOfUse(KeyState next, int except) {
      steps++;
      for (int rank : underWay) {
        if (isDue(rank) && looks(rank) && after(next, history.answered(rank)).isPossible()) {
          return true;
        }
      }
      for (int number : history.openSwaps()) {
        if (number != except
            && number < openCount
            && !here.taken.get(number)
            && after(next, history.open(number)).isPossible()) {
          return true;
        }
      }
      return false;
    }
  }
}
