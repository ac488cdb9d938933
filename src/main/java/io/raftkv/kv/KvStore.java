package io.raftkv.kv;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import java.util.Optional;

/**
 * The state machine: a pure function of the log's entries, so that all servers that have applied
 * the same entries hold the same and answer the same. The version of a value is the index of the
 * entry that stored it; time is the stamp of the last entry.
 */
public final class KvStore {
  /** Which hash {@link #digest} is. */
  public static final int DIGEST_VERSION = Digest.VERSION;

  /** There is no deadline. */
  public static final long NO_DEADLINE = -1;

  private final Values values;
  private final Expiry expiry;
  private final Origins origins;
  private final Updates updates = new Updates();
  private long appliedIndex;
  private long clock;
  private long bytesMax = Long.MAX_VALUE;
  private long refused;

  /** The state before the first entry. */
  public KvStore() {
    this(0, 0, new Values(), new Expiry(), new Origins());
  }

  /** The state of an image. */
  KvStore(long appliedIndex, long clock, Values values, Expiry expiry, Origins origins) {
    this.appliedIndex = appliedIndex;
    this.clock = clock;
    this.values = values;
    this.expiry = expiry;
    this.origins = origins;
  }

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
    Invariant.ordered(appliedIndex + 1, index, "entries are applied in order");
    Invariant.ordered(clock, time, "the cluster's clock never goes back");
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
   * Bounds what the store may hold from here on: an update that would make it grow beyond that is
   * refused with {@link Reply#INTERNAL}. It is not part of the state, but of what the log says:
   * whoever sets it does so at the same entry on every server.
   *
   * @param bytes of keys and values, with 240 bytes for what is around each
   */
  public void bound(long bytes) {
    bytesMax = bytes;
  }

  /** The bound that was set last, {@code Long.MAX_VALUE} if none was. */
  public long bytesMax() {
    return bytesMax;
  }

  /** What all keys and values weigh, as {@link #bound} counts. */
  public long bytes() {
    return values.bytes();
  }

  /** How many updates this server has seen refused because the store was full. */
  public long refused() {
    return refused;
  }

  /** Whether {@link #freeze} may be called. */
  public boolean canFreeze() {
    return values.canFreeze();
  }

  /** Brings it nearer to {@link #canFreeze} where nothing else changes the store. */
  public void settle() {
    values.settleSome();
  }

  /**
   * The state as it is now, to be read by another thread while this one goes on. One image at a
   * time, and the next only when {@link #canFreeze} says so: after {@link #thaw} it takes some
   * further changes until what has changed meanwhile is in its place.
   */
  public Image freeze() {
    return new Image(appliedIndex, clock, origins.copy(), values.freeze(), digest());
  }

  /** Nobody reads the image any more. */
  public void thaw() {
    values.thaw();
  }

  /**
   * A hash of the whole state: equal states have equal ones, however they came about, and different
   * states hardly ever. It is kept up with each change, and so costs nothing to ask for.
   */
  public long digest() {
    return values.digest().with(appliedIndex, clock, origins);
  }

  /** The same, computed anew from all that is here: it differs if memory has gone bad. */
  public long recomputedDigest() {
    var digest = new Digest();
    values.forEach(digest::add);
    return digest.with(appliedIndex, clock, origins);
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
      var next = new Versioned(value, exptime, appliedIndex, deadline);
      if (!hasRoomFor(key, next)) {
        refused++;
        return Reply.INTERNAL;
      }
      var replaced = values.put(key, next);
      if (replaced != null) {
        expiry.remove(replaced.deadline(), replaced.version());
      }
      expiry.add(key, deadline, appliedIndex);
      return new Reply.Stored(appliedIndex);
    }

    /** What does not grow always has: so a full store can still be changed, and emptied. */
    private boolean hasRoomFor(Bytes key, Versioned next) {
      if (values.bytes() + next.weight(key) <= bytesMax) {
        return true;
      }
      var before = values.get(key);
      long growth = next.weight(key) - (before == null ? 0 : before.weight(key));
      return growth <= 0 || values.bytes() + growth <= bytesMax;
    }
  }
}
