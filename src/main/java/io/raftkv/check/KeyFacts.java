package io.raftkv.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What the operations of one key say, ordered by what the check by version asks for. */
final class KeyFacts {
  private static final Comparator<Judged> BY_INVOCATION = Comparator.comparingLong(Judged::invoked);

  private final Lifetime lifetime;
  private final NavigableMap<Long, Judged> given = new TreeMap<>();
  private final NavigableMap<Long, Judged> firstFrom = new TreeMap<>();
  private final NavigableMap<Long, Judged> mentions = new TreeMap<>();
  private final Map<Long, Sight> sights = new HashMap<>();
  private final Writers writers;
  private final Map<Claim.Content, Judged> openWrites = new HashMap<>();
  private final List<Judged> removals = new ArrayList<>();
  private final List<Judged> mortals = new ArrayList<>();
  private final LastReturns lastRemovals;
  private final LastReturns lastMortals;
  private Optional<Judged> firstOpenWrite = Optional.empty();

  /** What was shown with a version, and to whom. */
  record Sight(Claim.Content content, Judged by) {}

  KeyFacts(List<Judged> operations, Lifetime lifetime) {
    this.lifetime = lifetime;
    this.writers = new Writers(operations);
    for (var operation : operations) {
      operation.claim().dispatch(new Collector(operation));
    }
    Optional<Judged> first = Optional.empty();
    for (var update : given.descendingMap().entrySet()) {
      first = Optional.of(earlier(first, update.getValue()));
      firstFrom.put(update.getKey(), first.get());
    }
    lastRemovals = new LastReturns(removals, Judged::invoked);
    lastMortals = new LastReturns(mortals, this::earliestEnd);
  }

  private static Judged earlier(Optional<Judged> one, Judged other) {
    return one.filter(o -> BY_INVOCATION.compare(o, other) <= 0).orElse(other);
  }

  private long earliestEnd(Judged update) {
    return lifetime.earliestEnd(update.invoked(), content(update).exptime());
  }

  /** The update that was told it gave this version. */
  Optional<Judged> given(long version) {
    return Optional.ofNullable(given.get(version));
  }

  /** An operation that shows that the key had this version. */
  Optional<Judged> mention(long version) {
    return Optional.ofNullable(mentions.get(version));
  }

  /** What was shown with this version first. */
  Optional<Sight> shown(long version) {
    return Optional.ofNullable(sights.get(version));
  }

  /** The greatest version below this one that the key is known to have had; 0 if none is known. */
  long versionBefore(long version) {
    Long before = mentions.lowerKey(version);
    return before == null ? 0 : before;
  }

  Writers writers() {
    return writers;
  }

  /** The update of unknown outcome that was asked first of those that store this. */
  Optional<Judged> openWrite(Claim.Content content) {
    return Optional.ofNullable(openWrites.get(content));
  }

  /** The update asked first of all that give a version above this one, or may give any. */
  Optional<Judged> firstUpdateAfter(long version) {
    var next = firstFrom.higherEntry(version);
    return next == null ? firstOpenWrite : Optional.of(earlier(firstOpenWrite, next.getValue()));
  }

  /** The update of unknown outcome that was asked first of those that store anything. */
  Optional<Judged> firstOpenWrite() {
    return firstOpenWrite;
  }

  /** Whether the key may have been removed between {@code since} and the return of {@code by}. */
  boolean mayBeRemoved(Judged since, Judged by) {
    return lastRemovals.upTo(by.returned()) >= since.invoked();
  }

  /**
   * Whether what an update from {@code since} on stored may have ended when {@code by} returned.
   */
  boolean mayExpire(Judged since, Judged by) {
    return lastMortals.upTo(by.returned()) >= since.invoked();
  }

  boolean hasMortals() {
    return !mortals.isEmpty();
  }

  /** What an update stores. */
  static Claim.Content content(Judged update) {
    return update.claim().dispatch(new StoredContent()).orElseThrow();
  }

  /** For each moment the latest return of all that began by then. */
  private static final class LastReturns {
    private final NavigableMap<Long, Long> lastReturn = new TreeMap<>();

    LastReturns(List<Judged> operations, ToLongFunction<Judged> begin) {
      operations.sort(Comparator.comparingLong(begin));
      long last = Long.MIN_VALUE;
      for (var operation : operations) {
        last = Math.max(last, operation.returned());
        lastReturn.put(begin.applyAsLong(operation), last);
      }
    }

    long upTo(long time) {
      var entry = lastReturn.floorEntry(time);
      return entry == null ? Long.MIN_VALUE : entry.getValue();
    }
  }

  private final class Collector extends Claim.Partial<Boolean> {
    private final Judged operation;

    Collector(Judged operation) {
      super(false);
      this.operation = operation;
    }

    @Override
    public Boolean onWrote(Claim.Wrote wrote) {
      return answered(wrote.version());
    }

    @Override
    public Boolean onSwapped(Claim.Swapped swapped) {
      mentions.putIfAbsent(swapped.expected(), operation);
      return answered(swapped.version());
    }

    @Override
    public Boolean onRemoved(Claim.Removed removed) {
      return removals.add(operation);
    }

    @Override
    public Boolean onSawMeta(Claim.SawMeta saw) {
      mentions.putIfAbsent(saw.version(), operation);
      sights.putIfAbsent(saw.version(), new Sight(saw.content(), operation));
      return true;
    }

    @Override
    public Boolean onMayWrite(Claim.MayWrite write) {
      return open();
    }

    @Override
    public Boolean onMaySwap(Claim.MaySwap swap) {
      return open();
    }

    @Override
    public Boolean onMayRemove(Claim.MayRemove remove) {
      return removals.add(operation);
    }

    private boolean answered(long version) {
      given.putIfAbsent(version, operation);
      mentions.putIfAbsent(version, operation);
      return update();
    }

    private boolean open() {
      openWrites.merge(content(operation), operation, (a, b) -> earlier(Optional.of(a), b));
      firstOpenWrite = Optional.of(earlier(firstOpenWrite, operation));
      return update();
    }

    private boolean update() {
      var content = content(operation);
      if (content.exptime() > 0) {
        mortals.add(operation);
      }
      return true;
    }
  }
}
