package io.raftkv.kv;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The values by their keys, of which an image can be taken at once: while one is read the map below
 * does not change, and what changes lies over it. Afterwards the changes sink into the map, a few
 * with each further change, so that nothing ever takes long.
 */
final class Values {
  /** So many changes sink at a time: more than one, so that they become fewer. */
  private static final int SINK_MAX = 16;

  /** So many sink in one turn where they are waited for: some tenths of a millisecond. */
  private static final int SETTLE_MAX = 1_000;

  /** What lies over a value that is gone. */
  private static final Versioned GONE = new Versioned(Bytes.EMPTY, 0, 0, 0);

  private static boolean isGone(Versioned value) {
    return value.version() == 0;
  }

  private final Map<Bytes, Versioned> settled = new HashMap<>();
  private final LinkedHashMap<Bytes, Versioned> changes = new LinkedHashMap<>();
  private final Digest digest = new Digest();
  private boolean frozen;
  private int size;
  private long bytes;

  @Nullable Versioned get(Bytes key) {
    if (!changes.isEmpty()) {
      var changed = changes.get(key);
      if (changed != null) {
        return isGone(changed) ? null : changed;
      }
    }
    return settled.get(key);
  }

  /** Returns what it replaces, or null. */
  @Nullable Versioned put(Bytes key, Versioned value) {
    var before = change(key, value);
    size++;
    bytes += value.weight(key);
    digest.add(key, value);
    if (before != null) {
      left(key, before);
    }
    return before;
  }

  /** Returns what was there, or null. */
  @Nullable Versioned remove(Bytes key) {
    var before = change(key, GONE);
    if (before != null) {
      left(key, before);
    }
    return before;
  }

  private void left(Bytes key, Versioned value) {
    size--;
    bytes -= value.weight(key);
    digest.remove(key, value);
  }

  private @Nullable Versioned change(Bytes key, Versioned value) {
    if (!frozen && changes.isEmpty()) {
      return settle(key, value);
    }
    var before = get(key);
    changes.put(key, value);
    sink(SINK_MAX);
    return before;
  }

  private @Nullable Versioned settle(Bytes key, Versioned value) {
    return isGone(value) ? settled.remove(key) : settled.put(key, value);
  }

  /** Lets some changes sink without a further one; again and again, it lets all of them. */
  void settleSome() {
    sink(SETTLE_MAX);
  }

  private void sink(int max) {
    for (int i = 0; !frozen && i < max && !changes.isEmpty(); i++) {
      var oldest = changes.entrySet().iterator();
      var change = oldest.next();
      settle(change.getKey(), change.getValue());
      oldest.remove();
    }
  }

  int size() {
    return size;
  }

  /** What all keys and their values weigh. */
  long bytes() {
    return bytes;
  }

  /** What all keys and values come to. */
  Digest digest() {
    return digest;
  }

  /** Whether an image can be taken: none is being read, and the changes of the last have sunk. */
  boolean canFreeze() {
    return !frozen && changes.isEmpty();
  }

  /** The values as they are now, in a map that does not change before {@link #thaw}. */
  Map<Bytes, Versioned> freeze() {
    Invariant.check(canFreeze(), "one image at a time");
    frozen = true;
    return settled;
  }

  /** Nobody reads the map any more that {@link #freeze} gave. */
  void thaw() {
    frozen = false;
  }

  void forEach(BiConsumer<Bytes, Versioned> action) {
    settled.forEach(
        (key, value) -> {
          if (!changes.containsKey(key)) {
            action.accept(key, value);
          }
        });
    changes.forEach(
        (key, value) -> {
          if (!isGone(value)) {
            action.accept(key, value);
          }
        });
  }
}
