package io.raftkv.sim;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How often each {@link Mark} was seen. */
public final class Marks {
  private final Map<Mark, Long> counts = new EnumMap<>(Mark.class);

  void see(Mark mark) {
    counts.merge(mark, 1L, Long::sum);
  }

  void seeIf(boolean seen, Mark mark) {
    if (seen) {
      see(mark);
    }
  }

  /** Adds what another run has seen. */
  public void add(Marks other) {
    other.counts.forEach((mark, count) -> counts.merge(mark, count, Long::sum));
  }

  public long count(Mark mark) {
    return counts.getOrDefault(mark, 0L);
  }

  /** What was never seen. */
  public List<Mark> missing() {
    return Stream.of(Mark.values()).filter(mark -> count(mark) == 0).toList();
  }

  /** What was seen least often, rarest first. */
  public List<Mark> rarest(int max) {
    return Stream.of(Mark.values())
        .sorted((a, b) -> Long.compare(count(a), count(b)))
        .limit(max)
        .toList();
  }
}
