package io.raftkv.replica;

import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import org.jspecify.annotations.Nullable;

/** A request that is not answered yet, or answered but not yet in its turn. */
final class Waiting {
  final Connection connection;
  final Request request;
  final long deadline;
  @Nullable Reply reply;

  /** The number it got when it was first sent, 0 before. */
  long sequence;

  /** Whether it is a read that has been handed out. */
  boolean isSentRead;

  Waiting(Connection connection, Request request, long deadline) {
    this.connection = connection;
    this.request = request;
    this.deadline = deadline;
  }

  boolean isAnswered() {
    return reply != null;
  }
}
