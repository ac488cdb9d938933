package io.raftkv.replica;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import io.raftkv.kv.Life;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.kv.RequestId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * This server as the origin of commands: it numbers a command when it first sends it, and keeps it,
 * to be sent again and again, until it has seen the number applied. A numbered command is never
 * dropped; one that its client gave up becomes a void of the same number, so that nobody's write
 * happens an hour late and no gap stops those behind it.
 */
final class Origin {
  private final int id;
  private final ReplicaOptions options;
  private final ArrayDeque<Unseen> unseen = new ArrayDeque<>();
  private Life life;
  private long lastSequence;
  private long unseenBytes;

  /** A numbered command, or what its client's giving up left of it. */
  private static final class Unseen {
    final Waiting waiting;
    Bytes proposal;
    boolean isVoid;

    Unseen(Waiting waiting, Bytes proposal) {
      this.waiting = waiting;
      this.proposal = proposal;
    }
  }

  Origin(int id, Life life, ReplicaOptions options) {
    this.id = id;
    this.life = life;
    this.options = options;
  }

  Life life() {
    return life;
  }

  boolean isIdle() {
    return unseen.isEmpty();
  }

  /** The number of the oldest unseen command, 0 if there is none. */
  long oldest() {
    return unseen.isEmpty() ? 0 : unseen.getFirst().waiting.sequence;
  }

  /** Whether one more command may be numbered. */
  boolean hasRoom() {
    return unseen.size() < options.unseenCommandsMax() && unseenBytes < options.unseenBytesMax();
  }

  /** Gives a command its number; returns it as the log will hold it. */
  Bytes number(Waiting waiting) {
    lastSequence++;
    waiting.sequence = lastSequence;
    var proposal = encode(waiting, false);
    unseen.add(new Unseen(waiting, proposal));
    unseenBytes += proposal.length();
    return proposal;
  }

  private Bytes encode(Waiting waiting, boolean isVoid) {
    var requestId = new RequestId(id, life, waiting.sequence);
    Optional<Request.Command> command =
        isVoid ? Optional.empty() : Optional.of((Request.Command) waiting.request);
    return new Proposal(requestId, command).encode();
  }

  /** The client of this numbered command gave up: whichever copy comes first counts. */
  void giveUp(Waiting waiting) {
    for (var command : unseen) {
      if (command.waiting == waiting) {
        makeVoid(command);
        return;
      }
    }
  }

  private void makeVoid(Unseen command) {
    unseenBytes -= command.proposal.length();
    command.isVoid = true;
    command.proposal = encode(command.waiting, true);
    unseenBytes += command.proposal.length();
  }

  /** The oldest unseen command was applied, with this outcome. */
  Waiting seen(long sequence, Reply reply) {
    var command = unseen.removeFirst();
    Invariant.equal(
        command.waiting.sequence, sequence, "commands are applied in the order of their numbers");
    unseenBytes -= command.proposal.length();
    if (!command.waiting.isAnswered()) {
      command.waiting.reply = reply;
    }
    return command.waiting;
  }

  /**
   * Up to this number commands were applied, or may have been, and their outcomes came inside a
   * snapshot: nobody can say any more what they were. If it holds another life of this server, that
   * is all of them.
   */
  void coveredUpTo(long sequence, Consumer<Waiting> covered) {
    while (!unseen.isEmpty() && unseen.getFirst().waiting.sequence <= sequence) {
      covered.accept(seen(unseen.getFirst().waiting.sequence, Reply.INTERNAL));
    }
  }

  /** How many numbered commands have not been seen applied. */
  int unseen() {
    return unseen.size();
  }

  /** Everything unseen, in order. */
  List<Bytes> all() {
    var proposals = new ArrayList<Bytes>(unseen.size());
    unseen.forEach(command -> proposals.add(command.proposal));
    return proposals;
  }

  /** Begins a new life: none of the old numbers can take effect any more, so all are given anew. */
  void begin(Life next) {
    life = next;
    lastSequence = 0;
    unseenBytes = 0;
    for (var command : unseen) {
      lastSequence++;
      command.waiting.sequence = lastSequence;
      command.proposal = encode(command.waiting, command.isVoid);
      unseenBytes += command.proposal.length();
    }
  }
}
