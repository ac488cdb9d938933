package io.raftkv.bus;

import io.raftkv.kv.Request;
import java.util.List;

/**
 * From the client port to the replica: what one read of one connection brought, in order.
 *
 * @param connection a number that is never used twice in the life of a server
 */
public record ClientRequests(long connection, List<Request> requests) {
  public ClientRequests {
    requests = List.copyOf(requests);
  }
}
