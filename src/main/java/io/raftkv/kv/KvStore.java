package io.raftkv.kv;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The state machine: a pure function of the log's entries, so that all servers that have applied
 * the same entries hold the same and answer the same. The version of a value is the index of the
 * entry that stored it; time is the stamp of the last entry.
 */
public final class KvStore {
  /** There is no deadline. */
  public static final long NO_DEADLINE = -1;

  private final Map<Bytes, Versioned> values = new HashMap<>();
  private final Expiry expiry = new Expiry();
  private final Origins origins = new Origins();
  private final Updates updates = new Updates();
  private long appliedIndex;
  private long clock;
  private boolean frozen;

  private record Versioned(Bytes value, int exptime, long version, long deadline) {}

  /**
   * The outcome of a command.
   *
   * @param id whose command it was
   * @param counted false for a duplicate, a gap or a life that is over: then nothing was done, and
   *     {@code reply} says nothing
   */
  public record Applied(RequestId id, Reply reply, boolean counted) {}

  /**
   * Applies an entry that holds a {@link Proposal}. Bytes that are none change nothing but index
   * and clock, and are nobody's: then the result is empty.
   *
   * @param index greater than that of the entry before
   * @param time the entry's stamp in milliseconds, not less than that of the entry before
   */
  public Optional<Applied> apply(long index, long time, Bytes proposal) {
    advance(index, time);
    Proposal decoded;
    try {
      decoded = Proposal.decode(proposal);
    } catch (IllegalArgumentException poison) {
      return Optional.empty();
    }
    if (!origins.takes(decoded.id())) {
      return Optional.of(new Applied(decoded.id(), Reply.INTERNAL, false));
    }
    origins.take(decoded.id());
    var reply = decoded.command().map(c -> c.dispatch(updates)).orElse(Reply.INTERNAL);
    return Optional.of(new Applied(decoded.id(), reply, true));
  }

  /**
   * Applies an entry without a command: index and clock go on, and keys whose time has come end.
   */
  public void advance(long index, long time) {
    Invariant.check(index > appliedIndex, "entries are applied in order", index, appliedIndex);
    Invariant.check(time >= clock, "the cluster's clock never goes back", time, clock);
    appliedIndex = index;
    clock = time;
    while (expiry.earliest() <= clock) {
      values.remove(expiry.removeEarliest());
    }
  }

  /** Answers a query as of the last entry applied. */
  public Reply read(Request.Query query) {
    var found = values.get(query.key());
    if (found == null) {
      return Reply.NOT_FOUND;
    }
    return query instanceof Request.GetMeta
        ? new Reply.ValueMeta(found.version(), found.exptime(), found.value())
        : new Reply.Value(found.value());
  }

  /** The cluster time at which the next key ends, {@code Long.MAX_VALUE} if none does. */
  public long earliestDeadline() {
    return expiry.earliest();
  }

  /**
   * The latest cluster time up to {@code time} at which a key that is still here ends, {@link
   * #NO_DEADLINE} if none does.
   */
  public long latestDeadline(long time) {
    return expiry.earliest() <= time ? expiry.latest(time) : NO_DEADLINE;
  }

  /** The index of the last entry applied, 0 before the first. */
  public long appliedIndex() {
    return appliedIndex;
  }

  /** The stamp of the last entry applied, in milliseconds. */
  public long clock() {
    return clock;
  }

  /** What makes each command count once; to be read and copied only. */
  public Origins origins() {
    return origins;
  }

  /** How many keys there are. */
  public int size() {
    return values.size();
  }

  /**
   * The state as it is now, to be read by another thread while this one goes on. One image at a
   * time: {@link #thaw} must come before the next.
   */
  public Image freeze() {
    Invariant.check(!frozen, "one image at a time");
    frozen = true;
    return new Image(this);
  }

  /** Nobody reads the image any more. */
  public void thaw() {
    frozen = false;
  }

  /**
   * A hash of the whole state: equal states have equal ones, however they came about, and different
   * states hardly ever.
   */
  public long digest() {
    long[] sum = {mix(appliedIndex) ^ mix(clock + 1)};
    values.forEach(
        (key, held) -> {
          long hash = mix(fnv(key)) ^ mix(fnv(held.value()) + 3);
          sum[0] += mix(hash ^ mix(held.version()) ^ mix(held.exptime() + 7 * held.deadline()));
        });
    origins.forEach(
        (origin, last) -> {
          long life = mix(last.life().number()) ^ mix(last.life().random() + 5);
          sum[0] += mix(life ^ mix(origin + 11L) ^ mix(last.sequence() + 13));
        });
    return sum[0];
  }

  /** FNV-1a, 64 bits. */
  private static long fnv(Bytes bytes) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < bytes.length(); i++) {
      hash = (hash ^ (bytes.at(i) & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The finalizer of splitmix64: each bit in changes half of the bits out. */
  private static long mix(long bits) {
    long z = bits + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** What each command does to the values, at the entry applied last. */
  private final class Updates implements Request.CommandHandler<Reply> {
    @Override
    public Reply onSet(Request.Set set) {
      return store(set.key(), set.exptime(), set.value());
    }

    @Override
    public Reply onCas(Request.Cas cas) {
      var found = values.get(cas.key());
      if (found == null) {
        return Reply.NOT_FOUND;
      }
      return found.version() == cas.version()
          ? store(cas.key(), cas.exptime(), cas.value())
          : Reply.VERSION_MISMATCH;
    }

    @Override
    public Reply onDelete(Request.Delete delete) {
      var removed = values.remove(delete.key());
      if (removed == null) {
        return Reply.NOT_FOUND;
      }
      expiry.remove(removed.deadline(), removed.version());
      return Reply.DELETED;
    }

    /** The map keeps the key it saw first, which must not keep that command's value alive. */
    private Reply store(Bytes commandsKey, int exptime, Bytes value) {
      var key = commandsKey.compact();
      long deadline = exptime == 0 ? Expiry.NEVER : clock + exptime * 1_000L;
      var replaced = values.put(key, new Versioned(value, exptime, appliedIndex, deadline));
      if (replaced != null) {
        expiry.remove(replaced.deadline(), replaced.version());
      }
      expiry.add(key, deadline, appliedIndex);
      return new Reply.Stored(appliedIndex);
    }
  }
}
