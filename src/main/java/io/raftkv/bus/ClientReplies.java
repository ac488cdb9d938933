package io.raftkv.bus;

import io.raftkv.kv.Reply;
import java.util.List;

/**
 * From the replica to the client port: the replies of one turn. Those of one connection are in the
 * order of its requests.
 */
public record ClientReplies(List<To> replies) {
  public ClientReplies {
    replies = List.copyOf(replies);
  }

  /** One reply and whom it is for. */
  public record To(long connection, Reply reply) {}
}
