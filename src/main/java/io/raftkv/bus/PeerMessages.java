package io.raftkv.bus;

import io.raftkv.raft.Message;
import java.util.List;

/** From the replica to the peer transport: the messages of one turn, in order. */
public record PeerMessages(List<To> messages) {
  public PeerMessages {
    messages = List.copyOf(messages);
  }

  /** One message and whom it is for. */
  public record To(int peer, Message message) {}
}
