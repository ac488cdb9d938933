package io.raftkv.server;

import io.raftkv.base.Reason;
import io.raftkv.bus.OperatorReply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The operators that wait for a snapshot of what was applied when they asked. */
final class SnapshotRequests {
  private final List<Waiting> waiting = new ArrayList<>();
  private final Consumer<OperatorReply> answers;
  private long newest;

  private record Waiting(long requestId, long index) {}

  /**
   * @param newest the index up to where the newest snapshot reaches, 0 if there is none
   */
  SnapshotRequests(long newest, Consumer<OperatorReply> answers) {
    this.newest = newest;
    this.answers = answers;
  }

  /** Somebody waits for a snapshot that reaches up to this index; there may be one already. */
  void add(long requestId, long index) {
    waiting.add(new Waiting(requestId, index));
    answerCovered();
  }

  /**
   * A snapshot that reaches up to this index is durable. While a server writes its own, a newer one
   * of another may arrive.
   */
  void saved(long index) {
    newest = Math.max(newest, index);
    answerCovered();
  }

  /** The index up to where the newest snapshot reaches, 0 if there is none. */
  long newest() {
    return newest;
  }

  /** The newest snapshot went bad and is no more. */
  void lost() {
    newest = 0;
  }

  private void answerCovered() {
    waiting.stream()
        .filter(each -> each.index() <= newest)
        .forEach(each -> answer(each, OperatorReply.OK + " " + newest));
    waiting.removeIf(each -> each.index() <= newest);
  }

  /** A snapshot could not be written: nobody waits for the next attempt. */
  void failed(Throwable failure) {
    waiting.forEach(
        each ->
            answer(
                each, OperatorReply.REFUSED + "no snapshot can be written: " + Reason.of(failure)));
    waiting.clear();
  }

  private void answer(Waiting each, String text) {
    answers.accept(new OperatorReply(each.requestId(), text));
  }
}
