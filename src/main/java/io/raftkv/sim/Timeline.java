package io.raftkv.sim;

import java.util.PriorityQueue;

/** Virtual time, in microseconds: what is planned happens by its time, then by its planning. */
final class Timeline {
  static final long MILLI = 1_000;

  private final PriorityQueue<Planned> plan = new PriorityQueue<>();
  private long planned;
  private long events;
  private long now;
  private boolean stopped;

  private record Planned(long at, long order, Runnable action) implements Comparable<Planned> {
    @Override
    public int compareTo(Planned other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  long now() {
    return now;
  }

  /** How many things have happened. */
  long events() {
    return events;
  }

  /** Plans an action; a time that has passed is now. */
  void at(long time, Runnable action) {
    plan.add(new Planned(Math.max(time, now), planned++, action));
  }

  void after(long micros, Runnable action) {
    at(now + micros, action);
  }

  /** Nothing happens any more. */
  void stop() {
    stopped = true;
  }

  /** Lets everything happen that is planned up to this time. */
  void runUntil(long end) {
    while (!stopped && !plan.isEmpty() && plan.peek().at() <= end) {
      var next = plan.remove();
      now = next.at();
      events++;
      next.action().run();
    }
    now = Math.max(now, end);
  }
}
