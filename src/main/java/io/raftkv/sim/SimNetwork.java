package io.raftkv.sim;

import io.raftkv.raft.Message;
import io.raftkv.transport.MessageCodec;
import io.raftkv.transport.WireException;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * The links between the servers. Each direction of a link can be cut alone; a message takes its
 * time, may be lost, repeated, or held up until its term, or its sender's life, is long over.
 */
final class SimNetwork {
  private final Conditions conditions;
  private final Timeline timeline;
  private final Marks marks;
  private final RandomGenerator random;
  private final boolean bytes;
  private final Delivery delivery;
  private final boolean[][] cut;
  private final long[][] busyUntil;
  private final long[][] lostUntil;
  private boolean calm;

  /** Takes a message that has arrived. */
  interface Delivery {
    void deliver(Letter letter);
  }

  /** A message under way, as the one who sent it was then. */
  record Letter(int from, long incarnation, long run, int to, long sentAt, Message message) {
    Letter with(Message other) {
      return new Letter(from, incarnation, run, to, sentAt, other);
    }
  }

  /**
   * @param bytes whether messages travel as the bytes of the real codec
   */
  SimNetwork(
      Conditions conditions,
      Timeline timeline,
      Marks marks,
      RandomGenerator random,
      boolean bytes,
      Delivery delivery) {
    this.conditions = conditions;
    this.timeline = timeline;
    this.marks = marks;
    this.random = random;
    this.bytes = bytes;
    this.delivery = delivery;
    cut = new boolean[conditions.machines()][conditions.machines()];
    busyUntil = new long[conditions.machines()][conditions.machines()];
    lostUntil = new long[conditions.machines()][conditions.machines()];
  }

  /** From now on messages neither get lost nor come late; those under way still may. */
  void calmDown() {
    calm = true;
    for (int from = 0; from < cut.length; from++) {
      for (int to = 0; to < cut.length; to++) {
        cut[from][to] = false;
      }
    }
  }

  /** Nothing arrives any more of what was sent before this time, which may be yet to come. */
  void lose(int from, int to, long until) {
    lostUntil[from][to] = until;
  }

  void cut(int from, int to, boolean isCut) {
    cut[from][to] = isCut;
  }

  boolean isOpen(int from, int to) {
    return !cut[from][to];
  }

  void send(Letter letter) {
    var network = conditions.network();
    if (!isOpen(letter.from(), letter.to()) || (!calm && Chance.happens(random, network.loss()))) {
      marks.see(Mark.MESSAGE_LOST);
      return;
    }
    var sealed = bytes ? seal(letter.message()) : ByteBuffer.allocate(0);
    carry(letter, sealed);
    if (!calm && Chance.happens(random, network.repeat())) {
      marks.see(Mark.MESSAGE_REPEATED);
      carry(letter, sealed);
    }
  }

  private void carry(Letter letter, ByteBuffer sealed) {
    var network = conditions.network();
    long delay = network.delayMicros();
    delay += random.nextInt(network.jitterMicros());
    if (!calm && Chance.happens(random, network.late())) {
      delay += random.nextLong(network.lateMillisMax() * Timeline.MILLI);
    }
    if (network.bytesPerMilli() > 0) {
      delay += queue(letter, MessageCodec.size(letter.message()));
    }
    timeline.after(delay, () -> arrive(letter, sealed));
  }

  /** How long the message waits for those before it, and then for its own bytes. */
  private long queue(Letter letter, int size) {
    long now = timeline.now();
    long free = Math.max(now, busyUntil[letter.from()][letter.to()]);
    long micros = size * Timeline.MILLI / conditions.network().bytesPerMilli();
    busyUntil[letter.from()][letter.to()] = free + micros;
    return free + micros - now;
  }

  private void arrive(Letter letter, ByteBuffer sealed) {
    boolean isLost = letter.sentAt() < lostUntil[letter.from()][letter.to()];
    if (isLost || !isOpen(letter.from(), letter.to())) {
      marks.see(Mark.MESSAGE_LOST);
      return;
    }
    long taken = timeline.now() - letter.sentAt();
    marks.seeIf(taken > conditions.electionTimeoutMillis() * Timeline.MILLI, Mark.MESSAGE_LATE);
    var message = bytes ? open(sealed.duplicate()) : letter.message();
    delivery.deliver(letter.with(message));
  }

  private static ByteBuffer seal(Message message) {
    var buffer = ByteBuffer.allocate(MessageCodec.size(message));
    MessageCodec.encode(message, buffer);
    return buffer.flip();
  }

  private static Message open(ByteBuffer sealed) {
    try {
      return MessageCodec.decode(sealed);
    } catch (WireException e) {
      throw new Violation("a message cannot be read back: " + e.getMessage());
    }
  }
}
