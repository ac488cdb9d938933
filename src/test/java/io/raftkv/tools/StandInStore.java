package io.raftkv.tools;

import io.raftkv.base.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** The one store behind all ports of a {@link StandIn}, which answers while a majority is alive. */
final class StandInStore {
  private static final int STALE_EVERY = 50;
  private static final int UPDATE_FAULT_EVERY = 50;
  private static final int LOST_WRITES = 3;
  private static final long ELECTION_NANOS = 200_000_000;
  private static final Item ABSENT = new Item(Bytes.EMPTY, 0, 0, 0, 0);

  private final int servers;
  private final StandInFault fault;
  private final long requestTimeoutMillis;
  private final Map<Bytes, Item> items = new HashMap<>();
  private final Map<Bytes, Item> before = new HashMap<>();
  private final Map<Bytes, Long> versionsOfKeys = new HashMap<>();
  private final Map<Bytes, Command> again = new HashMap<>();
  private final TreeSet<Integer> alive = new TreeSet<>();
  private final TreeSet<Integer> paused = new TreeSet<>();
  private long version;
  private int reads;
  private int updates;
  private long electingUntil = System.nanoTime();

  private record Item(Bytes value, long version, int exptime, long deadline, long order) {}

  /** One well-formed request. */
  record Command(String verb, Bytes key, int exptime, long version, Bytes value) {}

  StandInStore(int servers, StandInFault fault, long requestTimeoutMillis) {
    this.servers = servers;
    this.fault = fault;
    this.requestTimeoutMillis = requestTimeoutMillis;
  }

  synchronized void started(int server) {
    alive.add(server);
    notifyAll();
  }

  /** Until {@link #resumed} requests to this server are not answered. */
  synchronized void paused(int server) {
    paused.add(server);
  }

  synchronized void resumed(int server) {
    paused.remove(server);
    notifyAll();
  }

  synchronized void killed(int server) {
    alive.remove(server);
    paused.remove(server);
    electingUntil = System.nanoTime() + ELECTION_NANOS;
    if (fault == StandInFault.LOST_WRITE) {
      items.values().removeIf(item -> item.order > version - LOST_WRITES);
    }
    if (fault == StandInFault.FORGETS_WHEN_RESTARTED) {
      items.clear();
    }
    notifyAll();
  }

  synchronized boolean hasMajority() {
    return alive.size() > servers / 2;
  }

  /** The reply without its line end, or with the value; empty if the server died meanwhile. */
  Bytes answer(int server, Command command) throws InterruptedException {
    if (fault == StandInFault.CAS_RACES && command.verb.equals("cas")) {
      return racingCas(command);
    }
    return answerAtOnce(server, command);
  }

  private synchronized Bytes answerAtOnce(int server, Command command) throws InterruptedException {
    while (paused.contains(server)) {
      wait();
    }
    if (!awaitMajority()) {
      return Bytes.utf8("ERR_INTERNAL");
    }
    if (!alive.contains(server)) {
      return Bytes.EMPTY;
    }
    if (fault == StandInFault.ERRORS_WHILE_ELECTING && electingUntil - System.nanoTime() > 0) {
      return Bytes.utf8("ERR_INTERNAL");
    }
    return switch (command.verb) {
      case "get", "getm" -> read(server, command);
      case "set" -> store(command);
      case "cas" -> {
        var refusal = refusal(command);
        yield refusal.isEmpty() ? store(command) : refusal;
      }
      default -> delete(command);
    };
  }

  private boolean awaitMajority() throws InterruptedException {
    long deadline = System.nanoTime() + requestTimeoutMillis * 1_000_000;
    while (!hasMajority() && fault != StandInFault.ANSWERS_WITHOUT_MAJORITY) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  private Bytes racingCas(Command command) throws InterruptedException {
    synchronized (this) {
      var refusal = refusal(command);
      if (!refusal.isEmpty()) {
        return refusal;
      }
      wait(2);
    }
    return store(command);
  }

  private Bytes read(int server, Command command) {
    var item = find(command.key);
    if (fault == StandInFault.STALE_READ && ++reads % STALE_EVERY == 0) {
      item = before.getOrDefault(command.key, item);
    }
    if (item == ABSENT) {
      return Bytes.utf8("ERR_NOT_FOUND");
    }
    long shown = item.version + (fault == StandInFault.VERSIONS_PER_SERVER ? server : 0);
    var meta = command.verb.equals("getm") ? shown + " " + item.exptime + " " : "";
    var line = "VALUE " + meta + item.value.length() + lineEnd();
    return Requests.join(Bytes.utf8(line), shown(item.value));
  }

  private Bytes shown(Bytes value) {
    if (fault != StandInFault.TEXT_ONLY) {
      return value;
    }
    var bytes = value.toArray();
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] == 0 ? (byte) ' ' : bytes[i];
    }
    return Bytes.wrap(bytes);
  }

  private Bytes refusal(Command command) {
    var item = find(command.key);
    if (item == ABSENT) {
      return Bytes.utf8("ERR_NOT_FOUND");
    }
    boolean same = item.version == command.version;
    return same || fault == StandInFault.CAS_IGNORES_VERSION
        ? Bytes.EMPTY
        : Bytes.utf8("ERR_VERSION");
  }

  private synchronized Bytes store(Command command) {
    updates++;
    boolean errs = updates % UPDATE_FAULT_EVERY == 0;
    if (fault != StandInFault.VERSION_TWICE || !errs) {
      version++;
    }
    if (fault == StandInFault.FORGETS_WRITES && errs) {
      return Bytes.utf8("OK " + version);
    }
    var repeated = again.remove(command.key);
    long given = put(command);
    if (repeated != null) {
      version++;
      put(repeated);
    }
    if (fault == StandInFault.APPLIES_TWICE && errs) {
      again.put(command.key, command);
    }
    return Bytes.utf8("OK " + given);
  }

  /** Stores it with the version of this moment, which it returns. */
  private long put(Command command) {
    var old = find(command.key);
    boolean perKey = fault == StandInFault.VERSIONS_PER_KEY;
    long given = perKey ? versionsOfKeys.merge(command.key, 1L, Long::sum) : version;
    long lifeNanos =
        command.exptime * (fault == StandInFault.EXPIRES_EARLY ? 1L : 2L) * 500_000_000;
    long deadline = System.nanoTime() + lifeNanos;
    items.put(command.key, new Item(command.value, given, command.exptime, deadline, version));
    if (old != ABSENT) {
      before.put(command.key, old);
    }
    return given;
  }

  private Bytes delete(Command command) {
    var found = find(command.key) != ABSENT;
    items.remove(command.key);
    before.remove(command.key);
    return Bytes.utf8(found ? "DELETED" : "ERR_NOT_FOUND");
  }

  private Item find(Bytes key) {
    var item = items.getOrDefault(key, ABSENT);
    boolean mortal = item.exptime > 0 && fault != StandInFault.NEVER_EXPIRES;
    return mortal && item.deadline - System.nanoTime() <= 0 ? ABSENT : item;
  }

  String lineEnd() {
    return fault == StandInFault.BARE_LINE_FEEDS ? "\n" : "\r\n";
  }
}
