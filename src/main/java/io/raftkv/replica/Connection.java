package io.raftkv.replica;

import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client's requests, in order: all that are unanswered, and behind them those that have not yet
 * been sent. Writes and reads take turns: a read waits for the writes before it to be applied,
 * voids included, and a write waits for the answers of the reads before it.
 */
final class Connection {
  final long id;
  private final ArrayDeque<Waiting> unanswered = new ArrayDeque<>();
  private final ArrayDeque<Waiting> unsent = new ArrayDeque<>();
  private int writesUnderWay;
  private int readsUnderWay;
  private boolean gone;

  Connection(long id) {
    this.id = id;
  }

  void add(Waiting waiting) {
    unanswered.add(waiting);
    unsent.add(waiting);
  }

  /** The request that may be sent now, or null. */
  @Nullable Waiting sendable() {
    while (!unsent.isEmpty() && unsent.getFirst().isAnswered()) {
      unsent.removeFirst();
    }
    var first = unsent.peekFirst();
    if (first == null) {
      return null;
    }
    int before = first.request instanceof Request.Command ? readsUnderWay : writesUnderWay;
    return before == 0 ? first : null;
  }

  void sent(Waiting waiting) {
    unsent.removeFirst();
    if (waiting.request instanceof Request.Command) {
      writesUnderWay++;
    } else {
      readsUnderWay++;
      waiting.isSentRead = true;
    }
  }

  /** A numbered command of this connection, void or not, has been applied. */
  void writeApplied() {
    writesUnderWay--;
  }

  /** A read of this connection needs no more waiting for. */
  void readEnded() {
    readsUnderWay--;
  }

  boolean isGone() {
    return gone;
  }

  /** Nobody waits for replies any more, and what was not yet sent is not sent; says what waited. */
  List<Waiting> forget() {
    gone = true;
    var waited = List.copyOf(unanswered);
    unanswered.clear();
    unsent.clear();
    return waited;
  }

  /** The next reply whose turn has come, or null. */
  @Nullable Reply nextReply() {
    var first = unanswered.peekFirst();
    if (first == null || first.reply == null) {
      return null;
    }
    unanswered.removeFirst();
    return first.reply;
  }
}
