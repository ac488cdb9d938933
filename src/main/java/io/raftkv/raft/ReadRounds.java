package io.raftkv.raft;

import java.util.ArrayDeque;

/**
 * The reads that wait for a leader to learn that it still leads (dissertation 6.4). A round is a
 * numbered broadcast: whoever answers its number had, when it did, not yet helped another leader. A
 * read needs the next round, never one that was under way when it came; one round serves all reads
 * that wait. The numbers are the leader's own, and a term has one leader.
 */
final class ReadRounds {
  private record Waiting(long round, int reader, long readId, long index) {}

  private final RaftNode node;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long started;
  private long confirmed;

  ReadRounds(RaftNode node) {
    this.node = node;
  }

  /**
   * A read that may be answered from {@code index} on, once a round after this moment is confirmed.
   */
  void add(int reader, long readId, long index) {
    waiting.add(new Waiting(started + 1, reader, readId, index));
  }

  /** The number to send now: a new one if reads wait for it and none is under way. */
  long startRound() {
    if (started == confirmed && !waiting.isEmpty()) {
      started++;
    }
    return started;
  }

  /** A majority has answered this round. */
  void confirm(long round) {
    confirmed = Math.max(confirmed, Math.min(round, started));
    while (!waiting.isEmpty() && waiting.getFirst().round() <= confirmed) {
      answer(waiting.removeFirst());
    }
  }

  private void answer(Waiting read) {
    var outbox = node.outbox();
    if (read.reader() == node.config().id()) {
      outbox.emit(new Effect.ReadReady(read.readId(), read.index()));
    } else {
      outbox.send(read.reader(), new Message.ReadIndexReply(read.readId(), read.index()));
    }
  }
}
