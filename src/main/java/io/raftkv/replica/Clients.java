package io.raftkv.replica;

import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What this server's clients wait for: their connections, whose turn it is to send, and how long
 * each request may still wait. How much may wait is bounded where requests come in.
 */
final class Clients {
  /** So many requests of one connection go out before the next connection has its turn. */
  private static final int TURN_MAX = 64;

  private final long timeoutMillis;
  private final Environment environment;
  private final Map<Long, Connection> connections = new HashMap<>();
  private final ArrayDeque<Connection> line = new ArrayDeque<>();

  /** In the order of their deadlines, since all wait equally long; answered ones may remain. */
  private final ArrayDeque<Waiting> deadlines = new ArrayDeque<>();

  Clients(long timeoutMillis, Environment environment) {
    this.timeoutMillis = timeoutMillis;
    this.environment = environment;
  }

  void add(long id, Request request, long now) {
    var connection = connections.computeIfAbsent(id, Connection::new);
    var waiting = new Waiting(connection, request, now + timeoutMillis);
    connection.add(waiting);
    deadlines.add(waiting);
    enqueue(connection);
  }

  void forget(long id) {
    var connection = connections.remove(id);
    if (connection != null) {
      connection.forget();
    }
  }

  private void enqueue(Connection connection) {
    if (!connection.queued) {
      connection.queued = true;
      line.add(connection);
    }
  }

  /** Hands out, connection by connection, what may be sent now, while writes have room. */
  void issue(BooleanSupplier hasRoom, Consumer<Waiting> write, Consumer<Waiting> read) {
    while (!line.isEmpty() && hasRoom.getAsBoolean()) {
      var connection = line.removeFirst();
      connection.queued = false;
      if (issue(connection, hasRoom, write, read)) {
        enqueue(connection);
      }
    }
  }

  /** Says whether the connection has more to send. */
  private boolean issue(
      Connection connection,
      BooleanSupplier hasRoom,
      Consumer<Waiting> write,
      Consumer<Waiting> read) {
    for (int i = 0; i < TURN_MAX && hasRoom.getAsBoolean(); i++) {
      var next = connection.sendable();
      if (next == null) {
        return false;
      }
      connection.sent(next);
      (next.request instanceof Request.Command ? write : read).accept(next);
    }
    return true;
  }

  /** A numbered command has been applied, and its outcome noted. */
  void writeApplied(Waiting write) {
    write.connection.writeApplied();
    progressed(write.connection);
  }

  /** A read has been answered, or given up. */
  void readEnded(Waiting read) {
    read.connection.readEnded();
    progressed(read.connection);
  }

  private void progressed(Connection connection) {
    if (connection.isGone()) {
      return;
    }
    for (var reply = connection.nextReply(); reply != null; reply = connection.nextReply()) {
      environment.reply(connection.id, reply);
    }
    enqueue(connection);
  }

  /** Answers what has waited too long; of a command that was sent the outcome is then unknown. */
  void expire(long now, Origin origin) {
    while (!deadlines.isEmpty()
        && (deadlines.getFirst().isAnswered() || deadlines.getFirst().deadline <= now)) {
      var waiting = deadlines.removeFirst();
      if (!waiting.isAnswered()) {
        giveUp(waiting, origin);
      }
    }
  }

  private void giveUp(Waiting waiting, Origin origin) {
    waiting.reply = Reply.INTERNAL;
    if (waiting.sequence != 0) {
      origin.giveUp(waiting);
    } else if (waiting.isSentRead) {
      waiting.connection.readEnded();
    }
    progressed(waiting.connection);
  }

  /** When the next request has waited too long. */
  long nextDeadline() {
    return deadlines.isEmpty() ? Long.MAX_VALUE : deadlines.getFirst().deadline;
  }
}
