package io.raftkv.kv;

import io.raftkv.base.Invariant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Of each server that ever proposed a command, for ever: its newest life and the last sequence of
 * it. That is all it takes for each command to count once, and in the order of its origin.
 */
public final class Origins {
  private final Map<Integer, Last> lasts;

  /** The newest life of an origin, and its last sequence. */
  public record Last(Life life, long sequence) {
    static final Last NOTHING = new Last(Life.NONE, 0);
  }

  public Origins() {
    this(new TreeMap<>());
  }

  private Origins(Map<Integer, Last> lasts) {
    this.lasts = lasts;
  }

  /**
   * Whether a command with this id is the next of its origin: the following one of its life, or the
   * first of a newer life. Anything else is a duplicate, leaves a gap or comes from a life that is
   * over.
   */
  public boolean takes(RequestId id) {
    var last = lasts.getOrDefault(id.origin(), Last.NOTHING);
    return id.life().equals(last.life())
        ? id.sequence() == last.sequence() + 1
        : id.life().number() > last.life().number() && id.sequence() == 1;
  }

  /** Takes note of a command that {@link #takes} allows. */
  public void take(RequestId id) {
    Invariant.check(takes(id), "each command counts once and in order");
    lasts.put(id.origin(), new Last(id.life(), id.sequence()));
  }

  /** Puts back what an image says of an origin; false if there is something already. */
  boolean restore(int origin, Last last) {
    return lasts.putIfAbsent(origin, last) == null;
  }

  /** The newest life of this origin, {@link Life#NONE} if it never proposed anything. */
  public Life life(int origin) {
    return lasts.getOrDefault(origin, Last.NOTHING).life();
  }

  /** The last sequence of this origin's newest life, 0 if there is none. */
  public long lastSequence(int origin) {
    return lasts.getOrDefault(origin, Last.NOTHING).sequence();
  }

  /** Each origin with its last, in the order of their ids. */
  public void forEach(BiConsumer<Integer, Last> action) {
    lasts.forEach(action);
  }

  /** A table of its own with the same content. */
  public Origins copy() {
    return new Origins(new TreeMap<>(lasts));
  }
}
