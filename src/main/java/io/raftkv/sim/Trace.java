package io.raftkv.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What happened in a run: as a number that two equal runs share, and the last of it to be read.
 * Only numbers enter the hash, because the text of a record may differ between versions of Java.
 */
final class Trace {
  private static final int KEPT = 256;

  private final Consumer<String> listener;
  private final boolean isHeard;
  private final Line[] lines = new Line[KEPT];
  private long count;
  private long hash = 0xcbf29ce484222325L;

  private record Line(long micros, int server, String what, Object detail) {
    @Override
    public String toString() {
      return "%12.3f ms  server %d  %s %s".formatted(micros / 1_000.0, server, what, detail);
    }
  }

  /**
   * @param listener hears each line; empty if nobody wants to
   */
  Trace(Optional<Consumer<String>> listener) {
    isHeard = listener.isPresent();
    this.listener = listener.orElse(line -> {});
  }

  /**
   * @param number what of the detail enters the hash
   * @param detail is kept, and written out only if somebody asks
   */
  void add(long micros, int server, String what, long number, Object detail) {
    var line = new Line(micros, server, what, detail);
    lines[(int) (count++ % KEPT)] = line;
    if (isHeard) {
      listener.accept(line.toString());
    }
    hash = mix(mix(mix(mix(hash, micros), server), what.charAt(0)), number);
  }

  static long mix(long hash, long number) {
    long z = (hash ^ number) * 0x9e3779b97f4a7c15L;
    return z ^ (z >>> 32);
  }

  /** The trace so far as one number. */
  long hash() {
    return hash;
  }

  /** The last lines, oldest first. */
  List<String> last(int max) {
    var last = new ArrayList<String>();
    for (long i = Math.max(0, count - Math.min(max, KEPT)); i < count; i++) {
      last.add(cut(String.valueOf(lines[(int) (i % KEPT)])));
    }
    return last;
  }

  private static String cut(String line) {
    return line.length() <= 300 ? line : line.substring(0, 297) + "...";
  }
}
