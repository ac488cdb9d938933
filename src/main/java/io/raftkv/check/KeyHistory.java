package io.raftkv.check;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;
import java.util.stream.Collectors;
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

  /** For each value that a single update carried: who was shown it. */
  private final Map<Bytes, List<Integer>> readers;

  /** The open updates that depend on a version. */
  private final int[] openSwaps;

  /** Open swaps whose value somebody was shown, in the order of the versions they replace. */
  private final List<Sight> neededSwaps;

  private final int[] byInvocation;
  private final int[][] underWay;

  /** For each rank the latest invocation of an update up to it. */
  private final long[] lastInvocations;

  /** The version that an operation needs to find, and the operation's number in its list. */
  private record Sight(long version, int number) {}

  KeyHistory(List<Judged> operations) {
    answered =
        operations.stream()
            .filter(o -> !o.isOpen())
            .sorted(Comparator.comparingLong(Judged::returned))
            .toList();
    open =
        operations.stream()
            .filter(Judged::isOpen)
            .sorted(Comparator.comparingLong(Judged::invoked))
            .toList();
    turns = turns(answered);
    twins = twins(open, valuesSeen(answered));
    sights = sights(answered);
    readers = readers(answered, new Writers(operations));
    neededSwaps = neededSwaps();
    openSwaps =
        IntStream.range(0, open.size()).filter(number -> expected(open.get(number)) > 0).toArray();
    byInvocation =
        IntStream.range(0, answered.size())
            .boxed()
            .sorted(Comparator.comparingLong(rank -> answered.get(rank).invoked()))
            .mapToInt(rank -> rank)
            .toArray();
    underWay = new int[answered.size()][];
    lastInvocations =
        IntStream.range(0, answered.size())
            .mapToLong(rank -> turns[rank] < 0 ? Long.MIN_VALUE : answered.get(rank).invoked())
            .toArray();
    Arrays.parallelPrefix(lastInvocations, Math::max);
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

  private static Set<Bytes> valuesSeen(List<Judged> answered) {
    return answered.stream()
        .flatMap(one -> one.claim().dispatch(new ShownValue()).stream())
        .collect(Collectors.toSet());
  }

  /** Effects are the same only if no clock can tell them apart: no deadline, no look at one. */
  private static int[] twins(List<Judged> open, Set<Bytes> valuesSeen) {
    var twins = new int[open.size()];
    Map<Object, Integer> last = new HashMap<>();
    for (int i = 0; i < twins.length; i++) {
      boolean isForever = open.get(i).returned() == Operation.NEVER;
      Object effect =
          isForever ? open.get(i).claim().dispatch(new SameEffect(i, valuesSeen)) : (Integer) i;
      Integer twin = last.put(effect, i);
      twins[i] = twin == null ? NONE : twin;
    }
    return twins;
  }

  private static List<Sight> sights(List<Judged> answered) {
    return IntStream.range(0, answered.size())
        .mapToObj(rank -> new Sight(answered.get(rank).claim().dispatch(new FoundVersion()), rank))
        .filter(sight -> sight.version > 0)
        .sorted(Comparator.comparingLong(Sight::version))
        .toList();
  }

  private List<Sight> neededSwaps() {
    return IntStream.range(0, open.size())
        .filter(number -> !readersOf(open.get(number)).isEmpty())
        .mapToObj(number -> new Sight(expected(open.get(number)), number))
        .filter(sight -> sight.version > 0)
        .sorted(Comparator.comparingLong(Sight::version))
        .toList();
  }

  private static long expected(Judged operation) {
    return operation.claim().dispatch(new FoundVersion());
  }

  private List<Integer> readersOf(Judged update) {
    return update
        .claim()
        .dispatch(new StoredContent())
        .map(content -> readers.get(content.value()))
        .orElse(List.of());
  }

  private static Map<Bytes, List<Integer>> readers(List<Judged> answered, Writers writers) {
    var readers = new HashMap<Bytes, List<Integer>>();
    for (int rank = 0; rank < answered.size(); rank++) {
      int reader = rank;
      answered
          .get(rank)
          .claim()
          .dispatch(new ShownValue())
          .filter(writers::isSingle)
          .ifPresent(value -> readers.computeIfAbsent(value, v -> new ArrayList<>()).add(reader));
    }
    return readers;
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

  /** The open updates that depend on what they find, in order. */
  int[] openSwaps() {
    return openSwaps;
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
   * Whether what leads from one state to another leaves nobody behind: no answer is still to come
   * that names a version or shows a value which is now over for good.
   *
   * @param hasCome which ranks have taken effect, the one that leads there among them
   * @param isTaken the same for open updates
   */
  boolean canFollow(KeyState before, KeyState after, IntPredicate hasCome, IntPredicate isTaken) {
    long from = before.version().smallest();
    long end = after.version().smallest() + (after.present() ? 0 : 1);
    boolean isValueOver =
        before.present() && !(after.present() && after.content().equals(before.content()));
    return within(sights, from, end).allMatch(hasCome)
        && within(neededSwaps, from, end)
            .allMatch(
                swap ->
                    isTaken.test(swap)
                        || readersOf(open.get(swap)).stream().allMatch(hasCome::test))
        && (!isValueOver
            || readers.getOrDefault(before.content().value(), List.of()).stream()
                .allMatch(hasCome::test));
  }

  /** The numbers of those that need one of the versions from {@code from} until {@code end}. */
  private static IntStream within(List<Sight> sights, long from, long end) {
    return IntStream.range(
            countUpTo(sights.size(), i -> sights.get(i).version, from - 1),
            countUpTo(sights.size(), i -> sights.get(i).version, end - 1))
        .map(at -> sights.get(at).number);
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

  /**
   * Whether an open update can still take effect when all below {@code target} have: not if one of
   * them gave a version and was asked after it had returned. The others do not count, although they
   * could: the search takes some of them earlier than they need to come.
   */
  boolean isOpenAt(int target, int number) {
    return target == 0 || open.get(number).returned() >= lastInvocations[target - 1];
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

    private final Set<Bytes> valuesSeen;

    SameEffect(int number, Set<Bytes> valuesSeen) {
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
    FoundVersion() {
      super(0L);
    }

    @Override
    public Long onSwapped(Claim.Swapped swapped) {
      return swapped.expected();
    }

    @Override
    public Long onMaySwap(Claim.MaySwap swap) {
      return swap.expected();
    }

    @Override
    public Long onSawMeta(Claim.SawMeta saw) {
      return saw.version();
    }
  }

  /** The value that an answer shows. */
  private static final class ShownValue extends Claim.Partial<Optional<Bytes>> {
    ShownValue() {
      super(Optional.empty());
    }

    @Override
    public Optional<Bytes> onSaw(Claim.Saw saw) {
      return Optional.of(saw.value());
    }

    @Override
    public Optional<Bytes> onSawMeta(Claim.SawMeta saw) {
      return Optional.of(saw.content().value());
    }
  }
}
