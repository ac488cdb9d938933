package io.raftkv.replica;

import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.raft.Event;
import io.raftkv.raft.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * Real replicas in virtual time on one thread, over a network that loses, repeats, delays and
 * reorders, and over disks that forget what was not forced. Everything follows from one seed.
 */
final class MemoryCluster {
  static final int ELECTION_TIMEOUT_MILLIS = 200;
  static final int REQUEST_TIMEOUT_MILLIS = 3_000;

  final SplittableRandom random;
  final List<MemoryServer> servers = new ArrayList<>();
  final Faults faults = new Faults();
  final ClusterChecks checks = new ClusterChecks();
  private final PriorityQueue<Planned> plan = new PriorityQueue<>();
  private final Set<Integer> cut = new HashSet<>();
  private BiConsumer<Long, Reply> onReply = (connection, reply) -> {};
  private long plannedCount;
  private long now;

  /** How badly the network and the disks behave. */
  static final class Faults {
    double loss;
    double repeat;
    double late;
    int delayMillisMax = 3;
    int forceMillisMax = 3;
  }

  private record Planned(long at, long order, Runnable action) implements Comparable<Planned> {
    @Override
    public int compareTo(Planned other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  MemoryCluster(int size, long seed) {
    this(size, seed, false);
  }

  MemoryCluster(int size, long seed, boolean form) {
    random = new SplittableRandom(seed);
    var members = IntStream.range(0, size).boxed().toList();
    for (int id : members) {
      servers.add(new MemoryServer(this, id, members, form, new MemoryDisk(incarnation())));
    }
  }

  private long incarnation() {
    return random.nextLong() | 1;
  }

  void startAll() {
    servers.forEach(MemoryServer::start);
  }

  /** Gives a server that is down an empty disk. */
  void wipe(int id) {
    servers.get(id).disk = new MemoryDisk(incarnation());
  }

  void onReply(BiConsumer<Long, Reply> handler) {
    onReply = handler;
  }

  void replied(long connection, Reply reply) {
    onReply.accept(connection, reply);
  }

  long now() {
    return now;
  }

  void at(long time, Runnable action) {
    plan.add(new Planned(Math.max(time, now), plannedCount++, action));
  }

  void after(long millis, Runnable action) {
    at(now + millis, action);
  }

  /** Lets time pass, with everything that happens in it. */
  void run(long millis) {
    long end = now + millis;
    while (!plan.isEmpty() && plan.peek().at() <= end) {
      var next = plan.remove();
      now = next.at();
      next.action().run();
      servers.forEach(checks::observe);
    }
    now = end;
  }

  boolean runUntil(java.util.function.BooleanSupplier condition, long millisMax) {
    long end = now + millisMax;
    while (!condition.getAsBoolean() && now < end) {
      run(5);
    }
    return condition.getAsBoolean();
  }

  MemoryServer leader() {
    return servers.stream()
        .filter(server -> server.isUp() && server.replica().raft().isLeader())
        .max((a, b) -> Long.compare(a.replica().raft().term(), b.replica().raft().term()))
        .orElseThrow(() -> new AssertionError("there is no leader"));
  }

  boolean hasLeader() {
    return servers.stream().anyMatch(s -> s.isUp() && s.replica().raft().isLeader());
  }

  /** Cuts all links between these servers and the others, both ways. */
  void isolate(Set<Integer> island) {
    cut.clear();
    for (int from = 0; from < servers.size(); from++) {
      for (int to = 0; to < servers.size(); to++) {
        if (island.contains(from) != island.contains(to)) {
          cut.add(link(from, to));
        }
      }
    }
  }

  /** Cuts one direction of one link. */
  void cut(int from, int to) {
    cut.add(link(from, to));
  }

  void heal() {
    cut.clear();
  }

  private int link(int from, int to) {
    return from * 1_000 + to;
  }

  private boolean isOpen(int from, int to) {
    return !cut.contains(link(from, to));
  }

  void send(MemoryServer from, int to, Message message) {
    int copies = random.nextDouble() < faults.repeat ? 2 : 1;
    for (int copy = 0; copy < copies; copy++) {
      if (random.nextDouble() >= faults.loss) {
        long delay = 1 + random.nextInt(faults.delayMillisMax);
        if (random.nextDouble() < faults.late) {
          delay += random.nextInt(20 * ELECTION_TIMEOUT_MILLIS);
        }
        long incarnation = from.disk.incarnation;
        after(delay, () -> deliver(from.id, incarnation, to, message));
      }
    }
  }

  private void deliver(int from, long incarnation, int to, Message message) {
    if (isOpen(from, to)) {
      servers.get(to).handle(new Event.Receive(from, incarnation, message));
    }
  }

  /** A server came up: the links between it and all others open. */
  void opened(MemoryServer server) {
    for (var other : servers) {
      if (other != server && other.isUp()) {
        after(1 + random.nextInt(5), () -> open(server, other));
        after(1 + random.nextInt(5), () -> open(other, server));
      }
    }
  }

  private void open(MemoryServer dialler, MemoryServer acceptor) {
    if (dialler.isUp() && acceptor.isUp()) {
      dialler.handle(
          new Event.LinkOpened(
              acceptor.id,
              acceptor.disk.incarnation,
              acceptor.replica().raft().status().clusterId()));
    }
  }

  /** A server died: the others see its link close, if they can. */
  void closed(MemoryServer server) {
    for (var other : servers) {
      if (other != server && isOpen(server.id, other.id)) {
        after(1, () -> other.handle(new Event.LinkClosed(server.id)));
      }
    }
  }

  void request(int server, long connection, Request request) {
    servers.get(server).request(connection, request);
  }
}
