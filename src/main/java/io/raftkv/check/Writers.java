package io.raftkv.check;

import io.raftkv.base.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which updates of one key carried which value. */
final class Writers {
  private final Map<Bytes, Entry> byValue = new HashMap<>();

  /** The update that was asked first, and how many there are. */
  private record Entry(Judged first, int count) {
    Entry with(Judged other) {
      return new Entry(other.invoked() < first.invoked() ? other : first, count + 1);
    }
  }

  Writers(List<Judged> operations) {
    for (var operation : operations) {
      operation
          .claim()
          .dispatch(new StoredContent())
          .ifPresent(
              content ->
                  byValue.compute(
                      content.value(),
                      (value, entry) ->
                          entry == null ? new Entry(operation, 1) : entry.with(operation)));
    }
  }

  /** The update that was asked first of all that carry this value. */
  Optional<Judged> first(Bytes value) {
    return Optional.ofNullable(byValue.get(value)).map(Entry::first);
  }

  /** Whether one update alone carried this value. */
  boolean isSingle(Bytes value) {
    var entry = byValue.get(value);
    return entry != null && entry.count == 1;
  }

  /** The version that a value stands for, because a single update carried it and gave that. */
  Optional<Long> onlyVersion(Bytes value) {
    return Optional.ofNullable(byValue.get(value))
        .filter(entry -> entry.count == 1)
        .map(entry -> entry.first.claim().dispatch(new GivenVersion()))
        .filter(version -> version > 0);
  }
}
