package io.raftkv.check;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A store that runs one command at a time, and clients who see it from afar: each command takes
 * effect at a moment of its own between its invocation and its return. Every history from here is
 * linearizable by construction.
 */
final class SimulatedStore {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /**
   * @param stepMillisMax the longest time between two commands
   * @param delayMillisMax the longest way of a request and of an answer
   * @param unknownPercent how many answers get lost, of which half with their command
   * @param mortalPercent how many updates have an exptime of one or two seconds
   */
  record Shape(
      int operations,
      int keys,
      int values,
      int stepMillisMax,
      int delayMillisMax,
      int unknownPercent,
      int mortalPercent) {}

  private record Held(Bytes value, int exptime, long version, long deadline) {}

  private final SplittableRandom random;
  private final Shape shape;
  private final Map<Bytes, Held> held = new HashMap<>();
  private final Map<Bytes, List<Long>> versions = new HashMap<>();
  private final List<Operation> history = new ArrayList<>();
  private long now;
  private long index;
  private int stored;

  private SimulatedStore(Shape shape, long seed) {
    this.shape = shape;
    this.random = new SplittableRandom(seed);
  }

  static List<Operation> history(Shape shape, long seed) {
    var store = new SimulatedStore(shape, seed);
    while (store.history.size() < shape.operations) {
      store.step();
    }
    return store.history;
  }

  private void step() {
    now += random.nextLong(shape.stepMillisMax * NANOS_PER_MILLI + 1);
    var key = Bytes.utf8("k" + random.nextInt(shape.keys));
    var action = action(key);
    long invoked = now - random.nextLong(shape.delayMillisMax * NANOS_PER_MILLI + 1);
    long returned = now + random.nextLong(shape.delayMillisMax * NANOS_PER_MILLI + 1);
    int client = random.nextInt(100);
    if (random.nextInt(100) < shape.unknownPercent) {
      if (random.nextBoolean()) {
        apply(key, action);
      }
      history.add(
          new Operation(client, key, action, new Outcome.Unknown(), invoked, Operation.NEVER));
    } else {
      history.add(new Operation(client, key, action, apply(key, action), invoked, returned));
    }
  }

  private Action action(Bytes key) {
    int kind = random.nextInt(100);
    if (kind < 30) {
      return new Action.Set(exptime(), value());
    } else if (kind < 50) {
      return new Action.Cas(exptime(), versionOf(key), value());
    } else if (kind < 60) {
      return new Action.Delete();
    }
    return kind < 80 ? new Action.Get() : new Action.GetMeta();
  }

  private int exptime() {
    return random.nextInt(100) < shape.mortalPercent ? random.nextInt(1, 3) : 0;
  }

  private Bytes value() {
    return Bytes.utf8("v" + stored++ % shape.values);
  }

  /** Mostly the present one, sometimes an older one or one that never was. */
  private long versionOf(Bytes key) {
    var all = versions.getOrDefault(key, List.of());
    int which = random.nextInt(10);
    if (all.isEmpty() || which == 0) {
      return index + random.nextInt(3);
    }
    return which < 7 ? all.get(all.size() - 1) : all.get(random.nextInt(all.size()));
  }

  private Outcome apply(Bytes key, Action action) {
    var found = held.get(key);
    if (found != null && found.deadline <= now) {
      held.remove(key);
      found = null;
    }
    if (action instanceof Action.Get) {
      return found == null ? new Outcome.NotFound() : new Outcome.Value(found.value);
    }
    if (action instanceof Action.GetMeta) {
      return found == null
          ? new Outcome.NotFound()
          : new Outcome.ValueMeta(found.version, found.exptime, found.value);
    }
    index += random.nextInt(1, 3);
    return update(key, action, found);
  }

  private Outcome update(Bytes key, Action action, Held found) {
    if (action instanceof Action.Set set) {
      return store(key, set.exptime(), set.value());
    }
    if (found == null) {
      return new Outcome.NotFound();
    }
    if (action instanceof Action.Cas cas) {
      return cas.version() == found.version
          ? store(key, cas.exptime(), cas.value())
          : new Outcome.VersionMismatch();
    }
    held.remove(key);
    return new Outcome.Deleted();
  }

  private Outcome store(Bytes key, int exptime, Bytes value) {
    long deadline = exptime == 0 ? Long.MAX_VALUE : now + exptime * 1_000 * NANOS_PER_MILLI;
    held.put(key, new Held(value, exptime, index, deadline));
    versions.computeIfAbsent(key, k -> new ArrayList<>()).add(index);
    return new Outcome.Stored(index);
  }
}
