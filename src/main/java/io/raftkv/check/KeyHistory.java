package io.raftkv.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * The operations of one key, laid out for the search. The <i>answered</i> ones are numbered in the
 * order of their returns: an operation's number is its rank. The <i>open</i> ones, updates of
 * unknown outcome, are numbered in the order of their invocations.
 */
final class KeyHistory {
  private static final int NONE = -1;

  private final List<Judged> answered;
  private final List<Judged> open;

  /** The turn of each answered update among those, by the versions that they gave. */
  private final int[] turns;

  /** For each open update another one of the same effect that was invoked before it. */
  private final int[] twins;

  /** Answers that name the version they found, in the order of those versions. */
  private final List<Sight> sights;

  private final int[] byInvocation;
  private final int[][] underWay;

  private record Sight(long version, int rank) {}

  KeyHistory(List<Judged> operations) {
    answered =
        operations.stream()
            .filter(o -> !o.isUnknown())
            .sorted(Comparator.comparingLong(Judged::returned))
            .toList();
    open =
        operations.stream()
            .filter(Judged::isUnknown)
            .sorted(Comparator.comparingLong(Judged::invoked))
            .toList();
    turns = turns(answered);
    twins = twins(open, valuesSeen(answered));
    sights = sights(answered, new Writers(operations));
    byInvocation =
        IntStream.range(0, answered.size())
            .boxed()
            .sorted(Comparator.comparingLong(rank -> answered.get(rank).invoked()))
            .mapToInt(rank -> rank)
            .toArray();
    underWay = new int[answered.size()][];
  }

  private static int[] turns(List<Judged> answered) {
    var turns = new int[answered.size()];
    Arrays.fill(turns, NONE);
    var updates = new ArrayList<Integer>();
    for (int rank = 0; rank < turns.length; rank++) {
      if (answered.get(rank).claim().dispatch(new GivenVersion()) > 0) {
        updates.add(rank);
      }
    }
    updates.sort(
        Comparator.comparingLong(rank -> answered.get(rank).claim().dispatch(new GivenVersion())));
    for (int turn = 0; turn < updates.size(); turn++) {
      turns[updates.get(turn)] = turn;
    }
    return turns;
  }

  private static Set<Object> valuesSeen(List<Judged> answered) {
    var values = new HashSet<>();
    for (var one : answered) {
      one.claim()
          .dispatch(
              new Claim.Partial<Boolean>(false) {
                @Override
                public Boolean onSaw(Claim.Saw saw) {
                  return values.add(saw.value());
                }

                @Override
                public Boolean onSawMeta(Claim.SawMeta saw) {
                  return values.add(saw.content().value());
                }
              });
    }
    return values;
  }

  /** Effects are the same only if no clock can tell them apart: no deadline, no look at one. */
  private static int[] twins(List<Judged> open, Set<Object> valuesSeen) {
    var twins = new int[open.size()];
    Map<Object, Integer> last = new HashMap<>();
    for (int i = 0; i < twins.length; i++) {
      var effect = open.get(i).claim().dispatch(new SameEffect(i, valuesSeen));
      Integer twin = last.put(effect, i);
      twins[i] = twin == null ? NONE : twin;
    }
    return twins;
  }

  private static List<Sight> sights(List<Judged> answered, Writers writers) {
    return IntStream.range(0, answered.size())
        .mapToObj(
            rank -> new Sight(answered.get(rank).claim().dispatch(new FoundVersion(writers)), rank))
        .filter(sight -> sight.version > 0)
        .sorted(Comparator.comparingLong(Sight::version))
        .toList();
  }

  int size() {
    return answered.size();
  }

  Judged answered(int rank) {
    return answered.get(rank);
  }

  Judged open(int number) {
    return open.get(number);
  }

  /** The turn of this operation among the updates that gave a version; negative for all others. */
  int turn(int rank) {
    return turns[rank];
  }

  /** An open update that does as well as this one and was invoked before; negative if none. */
  int twin(int number) {
    return twins[number];
  }

  /**
   * Whether all that found one of these versions has taken effect.
   *
   * @param from the smallest version meant
   * @param end the version after the greatest one meant
   * @param hasComeBy which ranks have taken effect
   */
  boolean areSightsOver(long from, long end, IntPredicate hasComeBy) {
    int at = countUpTo(sights.size(), i -> sights.get(i).version, from - 1);
    while (at < sights.size() && sights.get(at).version < end) {
      if (!hasComeBy.test(sights.get(at).rank)) {
        return false;
      }
      at++;
    }
    return true;
  }

  /**
   * The ranks of what may come next when {@code target} is the smallest rank that has not come yet:
   * itself, and what was invoked before it returned and has not returned earlier. In order of rank.
   */
  int[] underWay(int target) {
    int from = target;
    while (from > 0 && underWay[from] == null) {
      from--;
    }
    for (int rank = from; rank <= target; rank++) {
      if (underWay[rank] == null) {
        underWay[rank] = rank == 0 ? invoked(0, invokedBy(0)) : follow(rank);
      }
    }
    return underWay[target];
  }

  private int[] follow(int rank) {
    var before = underWay[rank - 1];
    var added = invoked(invokedBy(rank - 1), invokedBy(rank));
    var all = Arrays.copyOfRange(before, 1, before.length + added.length);
    System.arraycopy(added, 0, all, before.length - 1, added.length);
    Arrays.sort(all);
    return all;
  }

  private int[] invoked(int from, int to) {
    var ranks = Arrays.copyOfRange(byInvocation, from, to);
    Arrays.sort(ranks);
    return ranks;
  }

  /** How many answered operations were invoked when this one returned. */
  private int invokedBy(int rank) {
    long time = answered.get(rank).returned();
    return countUpTo(byInvocation.length, i -> answered.get(byInvocation[i]).invoked(), time);
  }

  /** How many open updates were invoked when the answered operation of this rank returned. */
  int openBy(int rank) {
    return countUpTo(open.size(), i -> open.get(i).invoked(), answered.get(rank).returned());
  }

  private static int countUpTo(int size, IntToLongFunction times, long time) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times.applyAsLong(middle) <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Equal for open updates that can stand in for each other, whatever the order. */
  private static final class SameEffect extends Claim.Partial<Object> {
    private static final Object REMOVES = "removes";
    private static final Object STORES_WHAT_NOBODY_SAW = "stores what nobody saw";

    private final Set<Object> valuesSeen;

    SameEffect(int number, Set<Object> valuesSeen) {
      super(number);
      this.valuesSeen = valuesSeen;
    }

    @Override
    public Object onMayRemove(Claim.MayRemove remove) {
      return REMOVES;
    }

    @Override
    public Object onMayWrite(Claim.MayWrite write) {
      var content = write.content();
      if (content.exptime() > 0) {
        return super.onMayWrite(write);
      }
      return valuesSeen.contains(content.value()) ? content : STORES_WHAT_NOBODY_SAW;
    }
  }

  /** The version that an answer says it found, 0 if it does not say. */
  private static final class FoundVersion extends Claim.Partial<Long> {
    private final Writers writers;

    FoundVersion(Writers writers) {
      super(0L);
      this.writers = writers;
    }

    @Override
    public Long onSwapped(Claim.Swapped swapped) {
      return swapped.expected();
    }

    @Override
    public Long onSaw(Claim.Saw saw) {
      return writers.onlyVersion(saw.value()).orElse(0L);
    }

    @Override
    public Long onSawMeta(Claim.SawMeta saw) {
      return saw.version();
    }
  }
}
