package io.raftkv.sim;

import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import java.util.Optional;

/** One request of a client, and what became of it. */
final class ClientOperation {
  private final long connection;
  private final int server;
  private final Request request;
  private final long invokedAt;
  private final int leaderThen;
  private long returnedAt = Long.MAX_VALUE;
  private Optional<Reply> reply = Optional.empty();

  /**
   * @param leaderThen whoever led when it was asked
   */
  ClientOperation(long connection, int server, Request request, long invokedAt, int leaderThen) {
    this.connection = connection;
    this.server = server;
    this.request = request;
    this.invokedAt = invokedAt;
    this.leaderThen = leaderThen;
  }

  void answer(Reply answer, long at) {
    returnedAt = at;
    reply = Optional.of(answer);
  }

  long connection() {
    return connection;
  }

  int server() {
    return server;
  }

  Request request() {
    return request;
  }

  long invokedAt() {
    return invokedAt;
  }

  int leaderThen() {
    return leaderThen;
  }

  /** When the answer came, in virtual microseconds; the far future if none did. */
  long returnedAt() {
    return returnedAt;
  }

  Optional<Reply> reply() {
    return reply;
  }

  /** Whether the client knows what became of it. */
  boolean isKnown() {
    return reply.isPresent() && !reply.get().equals(Reply.INTERNAL);
  }

  @Override
  public String toString() {
    return "connection %d to server %d: %s asked at %d, answered at %d with %s"
        .formatted(connection, server, request, invokedAt, returnedAt, reply);
  }
}
