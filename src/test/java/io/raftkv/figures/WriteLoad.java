package io.raftkv.figures;

import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that write as fast as they are answered: one thread, any number of connections spread
 * over all servers, a number of {@link Chain}s on each. A connection that is lost is replaced by
 * one to the next server. Results may be read when {@link #stop} has returned; the counts at any
 * time.
 */
final class WriteLoad {
  private static final int COMPLAINTS_MAX = 20;
  private static final long REDIAL_NANOS = 20_000_000;
  private static final long SELECT_MILLIS = 5;

  private final List<ServerConfig> servers;
  private final Shape shape;
  private final String name;
  private final Selector selector;
  private final Thread thread = new Thread(this::work, "load");
  private final Samples acknowledgements = new Samples();
  private final Samples latencies = new Samples();
  private final List<Chain> chains = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private final ArrayDeque<Redial> redials = new ArrayDeque<>();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private volatile boolean stopping;
  private volatile long drainUntil;
  private int nextServer;

  /**
   * What the load looks like.
   *
   * @param inFlight requests under way on each connection
   * @param reads whether every third request reads back what was written
   */
  record Shape(int connections, int inFlight, int valueBytes, boolean reads) {}

  private record Redial(long atNanos) {}

  /** Keys begin with {@code name}, which no other load on these servers may have. */
  WriteLoad(String name, List<ServerConfig> servers, Shape shape) throws IOException {
    this.name = name;
    this.servers = List.copyOf(servers);
    this.shape = shape;
    this.selector = Selector.open();
  }

  void start() {
    for (int i = 0; i < shape.connections; i++) {
      redials.add(new Redial(System.nanoTime()));
    }
    thread.start();
  }

  /** Sends nothing more, waits {@code drain} for the answers under way, and ends. */
  void stop(Duration drain) throws InterruptedException {
    drainUntil = System.nanoTime() + drain.toNanos();
    stopping = true;
    thread.join(drain.toMillis() + 10_000);
    if (thread.isAlive()) {
      throw new IllegalStateException("the load does not end");
    }
  }

  /** Writes that were acknowledged so far. */
  long acknowledged() {
    return acknowledged.sum();
  }

  /** Requests so far whose outcome nobody knows. */
  long unknown() {
    return unknown.sum();
  }

  /** The moments of all acknowledgements, by {@link System#nanoTime}. */
  Samples acknowledgements() {
    return acknowledgements;
  }

  /** How long each acknowledged write took, in nanoseconds, in the order of acknowledgement. */
  Samples latencies() {
    return latencies;
  }

  /** Every key that was written. */
  List<Chain> chains() {
    return chains;
  }

  /** The first wrong answers, in words. */
  List<String> complaints() {
    return complaints;
  }

  private void work() {
    try (selector) {
      while (!stopping || isAnyUnderWay() && drainUntil - System.nanoTime() > 0) {
        redial();
        selector.select(SELECT_MILLIS);
        for (var key : selector.selectedKeys()) {
          turn((LoadConnection) key.attachment());
        }
        selector.selectedKeys().clear();
      }
      for (var key : List.copyOf(selector.keys())) {
        end((LoadConnection) key.attachment());
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private boolean isAnyUnderWay() {
    return selector.keys().stream()
        .filter(SelectionKey::isValid)
        .anyMatch(key -> !((LoadConnection) key.attachment()).underWay().isEmpty());
  }

  private void redial() {
    while (!stopping && !redials.isEmpty() && redials.peek().atNanos - System.nanoTime() <= 0) {
      redials.remove();
      var server = servers.get(nextServer++ % servers.size());
      try {
        var connection = new LoadConnection(server, selector);
        for (int i = 0; i < shape.inFlight; i++) {
          connection.send(newChain());
        }
      } catch (IOException refused) {
        redials.add(new Redial(System.nanoTime() + REDIAL_NANOS));
      }
    }
  }

  private Chain newChain() {
    var chain = new Chain(name + "-" + chains.size(), shape.valueBytes, shape.reads);
    chains.add(chain);
    return chain;
  }

  private void turn(LoadConnection connection) {
    try {
      connection.fill();
      for (var answer = connection.poll(); answer.isPresent(); answer = connection.poll()) {
        var request = connection.underWay().remove();
        note(request, answer.get().isUnknown());
        request.chain().answered(answer.get()).ifPresent(this::complain);
        if (!stopping) {
          connection.send(request.chain().isOver() ? newChain() : request.chain());
        }
      }
      connection.flush();
    } catch (IOException lost) {
      end(connection);
      redials.add(new Redial(System.nanoTime() + REDIAL_NANOS));
    }
  }

  private void note(LoadConnection.Request request, boolean isUnknown) {
    if (isUnknown) {
      unknown.increment();
    } else if (request.chain().isWriting()) {
      long now = System.nanoTime();
      acknowledgements.add(now);
      latencies.add(now - request.sentNanos());
      acknowledged.increment();
    }
  }

  private void end(LoadConnection connection) {
    connection.close();
    for (var request : connection.underWay()) {
      request.chain().lost();
      unknown.increment();
    }
    connection.underWay().clear();
  }

  private void complain(String complaint) {
    if (complaints.size() < COMPLAINTS_MAX) {
      complaints.add(complaint);
    }
  }
}
