package io.raftkv.server;

import io.raftkv.bus.OperatorReply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The operators that wait for a snapshot of what was applied when they asked. */
final class SnapshotRequests {
  private final List<Waiting> waiting = new ArrayList<>();
  private final Consumer<OperatorReply> answers;

  private record Waiting(long requestId, long index) {}

  SnapshotRequests(Consumer<OperatorReply> answers) {
    this.answers = answers;
  }

  /** Somebody waits for a snapshot that reaches up to this index. */
  void add(long requestId, long index) {
    waiting.add(new Waiting(requestId, index));
  }

  /** A snapshot that reaches up to this index is durable. */
  void saved(long index) {
    waiting.stream()
        .filter(each -> each.index() <= index)
        .forEach(each -> answer(each, OperatorReply.OK + " " + index));
    waiting.removeIf(each -> each.index() <= index);
  }

  /** A snapshot could not be written: nobody waits for the next attempt. */
  void failed(Throwable failure) {
    waiting.forEach(
        each -> answer(each, OperatorReply.REFUSED + "no snapshot can be written: " + failure));
    waiting.clear();
  }

  private void answer(Waiting each, String text) {
    answers.accept(new OperatorReply(each.requestId(), text));
  }
}
