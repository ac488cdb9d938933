package io.raftkv.bus;

import io.raftkv.raft.Event;
import java.util.List;

/**
 * From the peer transport to the replica: what one read of one connection brought, or a link that
 * opened or closed, in order. Only {@link Event.Receive}, {@link Event.LinkOpened} and {@link
 * Event.LinkClosed} come this way.
 */
public record PeerEvents(List<Event> events) {
  public PeerEvents {
    events = List.copyOf(events);
  }
}
