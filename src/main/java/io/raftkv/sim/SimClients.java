package io.raftkv.sim;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Clients of all servers, a few requests ahead each, that remember what they asked and heard. */
final class SimClients {
  private final World world;
  private final SplittableRandom random;
  private final List<Bytes> keys;
  private final List<ClientOperation> operations = new ArrayList<>();
  private final Map<Long, ArrayDeque<ClientOperation>> open = new HashMap<>();
  private final List<Long> versions = new ArrayList<>(List.of(0L));
  private final NoteVersion noteVersion = new NoteVersion();
  private final int[] waiting;
  private long lastConnection;
  private long lastValue;
  private boolean ended;

  SimClients(World world, SplittableRandom random) {
    this.world = world;
    this.random = random;
    waiting = new int[world.conditions().machines()];
    keys =
        IntStream.range(0, world.conditions().load().keys())
            .mapToObj(i -> Bytes.utf8("key" + i))
            .toList();
  }

  /** What was asked of an earlier cluster: its versions may be asked for in this one. */
  void inherit(Heritage heritage) {
    heritage.operations().forEach(known -> known.reply().orElseThrow().dispatch(noteVersion));
  }

  /** All clients begin to ask. */
  void start() {
    for (int server = 0; server < world.conditions().machines(); server++) {
      for (int i = 0; i < world.conditions().load().clients(); i++) {
        plan(server, ++lastConnection);
      }
    }
  }

  /** Nobody asks on its own any more. */
  void end() {
    ended = true;
  }

  List<ClientOperation> operations() {
    return operations;
  }

  /** All keys that were ever asked for, those of the recovery, too. */
  List<Bytes> keysWithProbes() {
    return operations.stream().map(operation -> keyOf(operation.request())).distinct().toList();
  }

  static Bytes keyOf(Request request) {
    if (request instanceof Request.Query query) {
      return query.key();
    }
    return ((Request.Command) request).dispatch(new KeyOf());
  }

  private static final class KeyOf implements Request.CommandHandler<Bytes> {
    @Override
    public Bytes onSet(Request.Set set) {
      return set.key();
    }

    @Override
    public Bytes onCas(Request.Cas cas) {
      return cas.key();
    }

    @Override
    public Bytes onDelete(Request.Delete delete) {
      return delete.key();
    }
  }

  /** How many requests to this server wait for their answer. */
  long waitingAt(int server) {
    return waiting[server];
  }

  private void plan(int server, long connection) {
    long thinkMicrosMax = world.conditions().load().thinkMillisMax() * Timeline.MILLI;
    long think = random.nextLong(thinkMicrosMax / rush(server) + 1);
    world.timeline().after(1 + think, () -> burst(server, connection));
  }

  /** One server's clients may ask so much that a leader that is cut off appends a lot. */
  private int rush(int server) {
    return server == 0 ? world.conditions().load().rush() : 1;
  }

  private void burst(int server, long connection) {
    var load = world.conditions().load();
    int count = 1 + random.nextInt(load.burst() * rush(server));
    boolean hangsUp = Chance.happens(random, load.hangUp());
    if (ended) {
      return;
    }
    var own = open.get(connection);
    long next = connection;
    boolean isFree = own == null || own.isEmpty();
    if (world.server(server).isUp() && world.observer().seats().isMember(server) && isFree) {
      for (int i = 0; i < count; i++) {
        ask(server, connection, anything());
      }
      if (hangsUp) {
        next = ++lastConnection;
        world.timeline().after(random.nextInt(5_000), () -> hangUp(server, connection));
      }
    }
    plan(server, next);
  }

  private void hangUp(int server, long connection) {
    var own = open.remove(connection);
    if (own != null && world.server(server).isUp()) {
      world.marks().see(Mark.CLIENT_GONE);
      waiting[server] -= own.size();
      world.server(server).forget(connection);
    }
  }

  /** Asks a server that is up; a request to one that is not gets no answer. */
  ClientOperation ask(int server, long connection, Request request) {
    var operation =
        new ClientOperation(
            connection, server, request, world.timeline().now(), world.observer().lastLeader());
    operations.add(operation);
    waiting[server]++;
    open.computeIfAbsent(connection, id -> new ArrayDeque<>()).add(operation);
    world.server(server).request(connection, request);
    return operation;
  }

  private Request anything() {
    var load = world.conditions().load();
    var key = keys.get(random.nextBoolean() ? 0 : random.nextInt(keys.size()));
    int exptime = Chance.happens(random, load.expiring()) ? 1 + random.nextInt(2) : 0;
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> new Request.Set(key, exptime, value());
      case 3, 4 -> new Request.Cas(key, exptime, someVersion(), value());
      case 5 -> random.nextInt(3) == 0 ? new Request.Delete(key) : new Request.GetMeta(key);
      case 6 -> new Request.Get(key);
      default -> new Request.GetMeta(key);
    };
  }

  /** No two values are equal, so that a value read names its writer. */
  private Bytes value() {
    var name = "v" + ++lastValue;
    int bytes = world.conditions().load().valueBytesMax();
    return random.nextInt(20) == 0 ? Bytes.utf8(name + ".".repeat(bytes)) : Bytes.utf8(name);
  }

  private long someVersion() {
    int newest = versions.size() - 1;
    return versions.get(Math.max(0, newest - random.nextInt(3)));
  }

  /** The server's process is gone, and its clients' connections with it. */
  void serverDied(int server) {
    open.values().removeIf(own -> !own.isEmpty() && own.peekFirst().server() == server);
    waiting[server] = 0;
  }

  void replied(int server, long connection, Reply reply) {
    var own = open.getOrDefault(connection, new ArrayDeque<>());
    Violation.unless(!own.isEmpty(), "an answer that nobody waits for: " + reply);
    var operation = own.removeFirst();
    waiting[server]--;
    operation.answer(reply, world.timeline().now());
    reply.dispatch(noteVersion);
    world.observer().answered(server, operation);
  }

  /** Versions that clients have heard of, to be given to a {@code cas}. */
  private final class NoteVersion implements Reply.Handler {
    @Override
    public void onStored(Reply.Stored reply) {
      versions.add(reply.version());
    }

    @Override
    public void onValueMeta(Reply.ValueMeta reply) {
      versions.add(reply.version());
    }

    @Override
    public void onValue(Reply.Value reply) {}

    @Override
    public void onDeleted(Reply.Deleted reply) {}

    @Override
    public void onNotFound(Reply.NotFound reply) {}

    @Override
    public void onVersionMismatch(Reply.VersionMismatch reply) {}

    @Override
    public void onMalformed(Reply.Malformed reply) {}

    @Override
    public void onInternal(Reply.Internal reply) {}
  }
}
