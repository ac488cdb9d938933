package io.raftkv.bus;

import io.raftkv.raft.Event;
import java.util.List;

/**
 * From the peer transport to the replica: what one read of one connection brought, or a link that
 * opened or closed, or a snapshot that was sent, in order. Only {@link Event.Receive}, {@link
 * Event.LinkOpened}, {@link Event.LinkClosed} and {@link Event.SnapshotSent} come this way.
 */
public record PeerEvents(List<Event> events) {
  public PeerEvents {
    events = List.copyOf(events);
  }
}
