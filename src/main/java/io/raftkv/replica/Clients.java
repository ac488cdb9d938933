package io.raftkv.replica;

import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import java.util.HashMap;
import java.util.LinkedHashSet;
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
  private final LinkedHashSet<Connection> line = new LinkedHashSet<>();

  /** What may still be given up, in the order of the deadlines, since all wait equally long. */
  private final LinkedHashSet<Waiting> deadlines = new LinkedHashSet<>();

  Clients(long timeoutMillis, Environment environment) {
    this.timeoutMillis = timeoutMillis;
    this.environment = environment;
  }

  void add(long id, Request request, long now) {
    var connection = connections.computeIfAbsent(id, Connection::new);
    var waiting = new Waiting(connection, request, now + timeoutMillis);
    connection.add(waiting);
    deadlines.add(waiting);
    line.add(connection);
  }

  /**
   * Drops what nobody waits for any more. A command that was sent keeps its deadline: it may not
   * take effect an hour late, whoever has left meanwhile.
   */
  void forget(long id, Reads reads) {
    var connection = connections.remove(id);
    if (connection != null) {
      line.remove(connection);
      for (var waiting : connection.forget()) {
        if (waiting.sequence == 0) {
          deadlines.remove(waiting);
          reads.drop(waiting);
        }
      }
    }
  }

  /** Hands out, connection by connection, what may be sent now, while writes have room. */
  void issue(BooleanSupplier hasRoom, Consumer<Waiting> write, Consumer<Waiting> read) {
    while (!line.isEmpty() && hasRoom.getAsBoolean()) {
      var connection = line.iterator().next();
      line.remove(connection);
      if (issue(connection, hasRoom, write, read)) {
        line.add(connection);
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
    deadlines.remove(write);
    write.connection.writeApplied();
    progressed(write.connection);
  }

  /** A read has been answered. */
  void readEnded(Waiting read) {
    deadlines.remove(read);
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
    line.add(connection);
  }

  /** Answers what has waited too long; of a command that was sent the outcome is then unknown. */
  void expire(long now, Origin origin, Reads reads) {
    while (nextDeadline() <= now) {
      var waiting = deadlines.iterator().next();
      deadlines.remove(waiting);
      waiting.reply = Reply.INTERNAL;
      if (waiting.sequence != 0) {
        origin.giveUp(waiting);
      } else if (waiting.isSentRead) {
        reads.drop(waiting);
        waiting.connection.readEnded();
      }
      progressed(waiting.connection);
    }
  }

  /** When the next request has waited too long. */
  long nextDeadline() {
    return deadlines.isEmpty() ? Long.MAX_VALUE : deadlines.iterator().next().deadline;
  }

  /** How many requests may still be given up. */
  int waiting() {
    return deadlines.size();
  }

  /** How many connections have their turn to come. */
  int inLine() {
    return line.size();
  }
}
