package io.raftkv.protocol;

import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One client: what it sent and was not answered, and the answers that it has not taken yet. It is
 * read no further while too much of either waits, so that a client can make the server hold only so
 * much.
 */
final class ClientConnection implements RequestParser.Sink {
  private static final int WRITE_BYTES_MAX = 64 << 10;

  final long id;
  private final NetSocket socket;
  private final ClientPort port;
  private final RequestParser parser;
  private final Outstanding outstanding = new Outstanding();
  private final ArrayDeque<Reply> ready = new ArrayDeque<>();
  private final ReplyWriter writer = new ReplyWriter();
  private List<Request> parsed = new ArrayList<>();
  private long readyBytes;
  private long accounted;
  private int tooLate;
  private long readAt;
  private boolean paused;
  private int delivering;
  private boolean sendsNoMore;
  private boolean ending;
  private boolean closed;

  ClientConnection(long id, NetSocket socket, ClientPort port) {
    this.id = id;
    this.socket = socket;
    this.port = port;
    this.parser = new RequestParser(port.limits().valueBytesMax());
  }

  void begin() {
    HalfClose.allow(socket, this::clientSendsNoMore);
    socket.handler(this::received);
    socket.drainHandler(drained -> flush());
    socket.exceptionHandler(failure -> close());
    socket.closeHandler(gone -> gone());
  }

  private void received(Buffer buffer) {
    if (closed || ending) {
      return;
    }
    readAt = port.now();
    var bytes = buffer.getBytes();
    parser.feed(bytes, 0, bytes.length, this);
    if (!parsed.isEmpty()) {
      port.ask(id, parsed);
      parsed = new ArrayList<>();
    }
    flush();
  }

  @Override
  public void request(Request request) {
    parsed.add(request);
    outstanding.addRequest(port.now(), request.weight());
  }

  @Override
  public void malformed() {
    outstanding.addMalformed(port.now());
    readyMalformed();
  }

  private void readyMalformed() {
    while (outstanding.takeMalformed()) {
      ready.add(Reply.MALFORMED);
    }
  }

  /** The replica answers the oldest request, unless that was given up here already. */
  void replied(Reply reply) {
    if (tooLate > 0) {
      tooLate--;
    } else if (outstanding.requests() > 0) {
      answer(reply);
    }
  }

  private void answer(Reply reply) {
    outstanding.answerRequest();
    ready.add(reply);
    readyBytes += weight(reply);
    readyMalformed();
  }

  private static long weight(Reply reply) {
    if (reply instanceof Reply.Value value) {
      return value.value().length();
    }
    return reply instanceof Reply.ValueMeta meta ? meta.value().length() : 0;
  }

  /** Nobody answers: the server has no replica, or is stopping. */
  void giveUp(long askedBefore) {
    while (outstanding.requests() > 0 && outstanding.oldestAskedAt() < askedBefore) {
      tooLate++;
      answer(Reply.INTERNAL);
    }
    flush();
  }

  /** Sends what the socket takes now, reads on or stops reading, and closes if all is done. */
  void flush() {
    while (!closed && !ready.isEmpty() && !socket.writeQueueFull()) {
      while (!ready.isEmpty() && writer.length() < WRITE_BYTES_MAX) {
        var reply = ready.removeFirst();
        readyBytes -= weight(reply);
        writer.write(reply);
      }
      socket.write(Buffer.buffer(writer.take())).onFailure(failure -> close());
    }
    account();
    pauseOrResume();
    closeIfDone();
  }

  private long heldBytes() {
    return outstanding.weight() + readyBytes + parser.heldBytes();
  }

  private void account() {
    long held = closed ? 0 : heldBytes();
    port.hold(held - accounted);
    accounted = held;
  }

  private void pauseOrResume() {
    var limits = port.limits();
    boolean tooMuch =
        outstanding.size() + ready.size() >= limits.requestsMax()
            || outstanding.weight() + readyBytes >= limits.connectionBytesMax()
            || (heldBytes() > limits.smallBytes() && port.isCrowded(this))
            || ending;
    if (tooMuch && !paused) {
      paused = true;
      socket.pause();
    } else if (!tooMuch && paused && !closed) {
      paused = false;
      resume();
    }
  }

  /** What had come in meanwhile is delivered by a task of its own, in front of the one here. */
  private void resume() {
    delivering++;
    socket.resume();
    port.later(this::delivered);
  }

  private void delivered() {
    delivering--;
    closeIfDone();
  }

  private void clientSendsNoMore() {
    sendsNoMore = true;
    port.later(this::closeIfDone);
  }

  private void closeIfDone() {
    boolean noMoreComes = ending || (sendsNoMore && !paused && delivering == 0);
    if (noMoreComes && outstanding.size() == 0 && ready.isEmpty()) {
      close();
    }
  }

  /** Takes no more requests; closes once those under way are answered. */
  void end() {
    ending = true;
    flush();
  }

  /** Ends a client that began a command, keeps memory with it and does not go on. */
  void closeIfStuck(long readBefore) {
    if (paused && parser.heldBytes() > port.limits().smallBytes() && readAt < readBefore) {
      close();
    }
  }

  boolean hasRequests() {
    return outstanding.requests() > 0;
  }

  void close() {
    if (!closed) {
      gone();
      socket.close();
    }
  }

  private void gone() {
    if (!closed) {
      closed = true;
      account();
      port.forget(this);
    }
  }
}
