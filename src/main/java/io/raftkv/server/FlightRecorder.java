package io.raftkv.server;

import io.raftkv.raft.Event;
import java.util.ArrayDeque;
import java.util.StringJoiner;

/** The last events of a server, kept to be written out when one of its rules breaks. */
final class FlightRecorder {
  private static final int EVENTS_MAX = 100;
  private static final int LINE_MAX = 200;

  private final ArrayDeque<Event> events = new ArrayDeque<>(EVENTS_MAX);

  void record(Event event) {
    if (events.size() == EVENTS_MAX) {
      events.removeFirst();
    }
    events.addLast(event);
  }

  /** A line for each event, oldest first; long ones are cut, so that no values are written out. */
  String dump() {
    var lines = new StringJoiner(System.lineSeparator());
    for (var event : events) {
      var line = event.toString();
      lines.add(line.length() > LINE_MAX ? line.substring(0, LINE_MAX) + "..." : line);
    }
    return lines.toString();
  }
}
