package io.raftkv.replica;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Clients that ask any server for anything, a few requests ahead, and remember what they heard. */
final class Workload {
  static final List<Bytes> KEYS = List.of(Bytes.utf8("a"), Bytes.utf8("b"), Bytes.utf8("c"));

  /** One request with its answer; {@code returnedAt} is the far future while there is none. */
  static final class Operation {
    final Request request;
    final long invokedAt;
    long returnedAt = Long.MAX_VALUE;
    Reply reply = Reply.INTERNAL;

    Operation(Request request, long invokedAt) {
      this.request = request;
      this.invokedAt = invokedAt;
    }

    boolean isAnswered() {
      return returnedAt != Long.MAX_VALUE;
    }
  }

  private final MemoryCluster cluster;
  private final Map<Long, ArrayDeque<Operation>> open = new HashMap<>();
  final List<Operation> operations = new ArrayList<>();
  private final List<Long> versions = new ArrayList<>(List.of(0L));
  private long lastConnection;
  private long lastValue;

  Workload(MemoryCluster cluster) {
    this.cluster = cluster;
    cluster.onReply(this::replied);
  }

  /** A client on this server that asks until {@code end}, one burst after the other. */
  void client(int server, long end) {
    long connection = ++lastConnection;
    open.put(connection, new ArrayDeque<>());
    burst(server, connection, end);
  }

  private void burst(int server, long connection, long end) {
    if (cluster.now() >= end) {
      return;
    }
    if (!cluster.servers.get(server).isUp()) {
      open.put(connection, new ArrayDeque<>());
    } else if (open.get(connection).isEmpty()) {
      int count = 1 + cluster.random.nextInt(4);
      for (int i = 0; i < count; i++) {
        ask(server, connection, anything());
      }
    }
    cluster.after(1 + cluster.random.nextInt(40), () -> burst(server, connection, end));
  }

  void ask(int server, long connection, Request request) {
    var operation = new Operation(request, cluster.now());
    operations.add(operation);
    open.computeIfAbsent(connection, id -> new ArrayDeque<>()).add(operation);
    cluster.request(server, connection, request);
  }

  private Request anything() {
    var key = KEYS.get(cluster.random.nextInt(KEYS.size()));
    int exptime = cluster.random.nextInt(4) == 0 ? 1 : 0;
    var value = Bytes.utf8("v" + ++lastValue);
    return switch (cluster.random.nextInt(6)) {
      case 0, 1 -> new Request.Set(key, exptime, value);
      case 2 -> new Request.Cas(key, exptime, someVersion(), value);
      case 3 -> new Request.Delete(key);
      case 4 -> new Request.Get(key);
      default -> new Request.GetMeta(key);
    };
  }

  private long someVersion() {
    int newest = versions.size() - 1;
    return versions.get(Math.max(0, newest - cluster.random.nextInt(3)));
  }

  private void replied(long connection, Reply reply) {
    var operation = open.get(connection).removeFirst();
    operation.reply = reply;
    operation.returnedAt = cluster.now();
    if (reply instanceof Reply.Stored stored) {
      versions.add(stored.version());
    }
  }
}
