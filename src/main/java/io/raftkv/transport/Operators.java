package io.raftkv.transport;

import io.raftkv.bus.OperatorReply;
import io.raftkv.bus.OperatorRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Which operator's tool waits for the answer to which request; each waits for one. */
final class Operators {
  private final Map<Long, OperatorSession> waiting = new HashMap<>();
  private final Consumer<OperatorRequest> replica;
  private long lastId;

  /**
   * @param replica takes the requests
   */
  Operators(Consumer<OperatorRequest> replica) {
    this.replica = replica;
  }

  /** A tool asks; {@code request} takes the number that is given to it. */
  void ask(OperatorSession session, LongFunction<OperatorRequest> request) {
    waiting.put(++lastId, session);
    replica.accept(request.apply(lastId));
  }

  /** The tool is gone. */
  void forget(OperatorSession session) {
    waiting.values().remove(session);
  }

  /** The replica has answered. */
  void answer(OperatorReply reply) {
    Optional.ofNullable(waiting.remove(reply.id()))
        .ifPresent(session -> session.answer(reply.text()));
  }
}
