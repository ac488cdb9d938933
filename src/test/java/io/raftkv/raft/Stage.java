package io.raftkv.raft;

import io.raftkv.base.Invariant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Real servers and the network between them, played step by step: nothing happens but what a step
 * says, and a step ends the turn of each server that it touched. docs/rules.md lists the steps.
 */
final class Stage {
  private final Map<Integer, Lone> servers = new TreeMap<>();
  private final Map<Integer, Lone> crashed = new TreeMap<>();
  private final Map<String, Letter> letters = new LinkedHashMap<>();
  private final Set<String> underWay = new LinkedHashSet<>();
  private final Set<String> held = new LinkedHashSet<>();
  private final Set<Integer> cutOff = new TreeSet<>();
  private final Set<Integer> touched = new TreeSet<>();
  private List<String> lines = new ArrayList<>();
  private int size;

  private record Letter(int from, int to, Message message) {}

  /** Plays one step; returns what the servers did. */
  List<String> play(String step) {
    lines = new ArrayList<>();
    var words = new Words(step);
    boolean quietly = words.take("quietly");
    play(words);
    words.end();
    endTurns();
    return quietly ? List.of() : lines;
  }

  private void play(Words words) {
    var verb = words.next();
    switch (verb) {
      case "start" -> start(words);
      case "crash" -> crash(words.number());
      case "restart" -> restart(words.number());
      case "tick" -> touch(words).tick(words.number());
      case "elapse" -> touch(words).untilDeadline();
      case "written" -> written(words);
      case "receive" -> receive(words);
      case "deliver" -> chosen(words).forEach(this::deliver);
      case "drop" -> chosen(words).forEach(underWay::remove);
      case "hold" -> chosen(words).forEach(this::hold);
      case "replay" -> replay(words);
      case "cut" -> cutOff.add(words.number());
      case "mend" -> cutOff.remove(words.number());
      case "settle" -> settle();
      case "state" -> state(words.number());
      default -> handle(verb, touch(words).node, words);
    }
  }

  /** The steps that are one event of one server. */
  private static void handle(String verb, RaftNode node, Words words) {
    node.handle(
        switch (verb) {
          case "propose" -> new Event.Propose(MessageWords.commands(words.number()));
          case "read" -> new Event.Read(words.number());
          case "transfer" -> new Event.TransferLeadership(words.number("to"));
          case "opened" -> opened(words.number("to"));
          case "closed" -> new Event.LinkClosed(words.number("from"));
          default -> throw new IllegalArgumentException("no step is called " + verb);
        });
  }

  private static Event opened(int peer) {
    return new Event.LinkOpened(peer, Lone.incarnation(peer), Lone.CLUSTER);
  }

  private Lone touch(Words words) {
    return touch(words.number());
  }

  private Lone touch(int id) {
    var server = servers.get(id);
    if (server == null) {
      throw new IllegalArgumentException("server " + id + " does not run");
    }
    touched.add(id);
    return server;
  }

  private void start(Words words) {
    int id = words.number();
    size = words.number("of");
    int term = words.take("term") ? words.number() : 1;
    int vote = words.take("vote") ? words.number() : RaftNode.NOBODY;
    var terms = new ArrayList<Long>();
    if (words.take("log")) {
      while (!words.isEmpty()) {
        terms.add((long) words.number());
      }
    }
    long[] behind = terms.stream().skip(1).mapToLong(Long::longValue).toArray();
    servers.put(id, Lone.of(id, size, term, vote, behind));
    touched.add(id);
  }

  private void crash(int id) {
    crashed.put(id, touch(id));
    servers.remove(id);
    touched.remove(id);
  }

  private void restart(int id) {
    var left = crashed.remove(id);
    if (left == null) {
      throw new IllegalArgumentException("server " + id + " has not crashed");
    }
    servers.put(id, new Lone(id, size, left.durable()));
    touched.add(id);
    state(id);
  }

  /** Without a number: up to the last write. */
  private void written(Words words) {
    var server = touch(words);
    if (words.isEmpty()) {
      writeAll(server);
    } else {
      server.written(words.number());
    }
  }

  private void receive(Words words) {
    var server = touch(words);
    int from = words.number("from");
    guarded(server.id, () -> server.receive(from, MessageWords.read(words)));
  }

  /** Messages by their names; or all that are under way, of all or from one server to another. */
  private List<String> chosen(Words words) {
    if (words.take("all")) {
      return chosen(
          words.take("from") ? words.number() : -1, words.take("to") ? words.number() : -1);
    }
    var names = new ArrayList<String>();
    do {
      names.add(words.next());
    } while (!words.isEmpty());
    for (var name : names) {
      if (!underWay.contains(name) && !held.contains(name)) {
        throw new IllegalArgumentException(name + " is not under way");
      }
    }
    return names;
  }

  private List<String> chosen(int from, int to) {
    return underWay.stream()
        .filter(name -> from < 0 || from == letter(name).from)
        .filter(name -> to < 0 || to == letter(name).to)
        .toList();
  }

  private Letter letter(String name) {
    var letter = letters.get(name);
    if (letter == null) {
      throw new IllegalArgumentException("no message is called " + name);
    }
    return letter;
  }

  private void hold(String name) {
    underWay.remove(name);
    held.add(name);
  }

  private void deliver(String name) {
    underWay.remove(name);
    held.remove(name);
    handOver(letter(name));
  }

  /** The network repeats what was delivered or dropped before. */
  private void replay(Words words) {
    do {
      handOver(letter(words.next()));
    } while (!words.isEmpty());
  }

  /** What goes to a server that does not run is lost. */
  private void handOver(Letter letter) {
    if (servers.containsKey(letter.to)) {
      var server = touch(letter.to);
      guarded(server.id, () -> server.receive(letter.from, letter.message));
    }
  }

  /** A server that finds its own rules broken stops. */
  private void guarded(int id, Runnable step) {
    try {
      step.run();
    } catch (Invariant.Broken broken) {
      lines.add(id + " stops: " + broken.getMessage());
      crash(id);
    }
  }

  /** Delivers and writes until nothing is under way but what is held. */
  private void settle() {
    while (!underWay.isEmpty() || servers.values().stream().anyMatch(Lone::isWriting)) {
      servers.values().stream().filter(Lone::isWriting).forEach(this::writeAll);
      List.copyOf(underWay).forEach(this::deliver);
      endTurns();
    }
  }

  private void writeAll(Lone server) {
    touch(server.id).written(server.lastWrite());
  }

  private void endTurns() {
    for (int id : List.copyOf(touched)) {
      var words = new EffectWords(id, lines, (to, message) -> post(id, to, message));
      guarded(id, () -> servers.get(id).effects().forEach(effect -> effect.dispatch(words)));
    }
    touched.clear();
  }

  /** What a server that is cut off sends or should get is held. */
  private String post(int from, int to, Message message) {
    var name = "m" + (letters.size() + 1);
    letters.put(name, new Letter(from, to, message));
    (cutOff.contains(from) || cutOff.contains(to) ? held : underWay).add(name);
    return name;
  }

  private void state(int id) {
    var server = touch(id);
    var status = server.node.status();
    lines.add(
        "%d is %s in term %d, commit %d, log %s"
            .formatted(
                id,
                status.role(),
                status.term(),
                status.commitIndex(),
                terms(server.node.log().slice(1, status.lastIndex()))));
    var disk = server.durable();
    lines.add(
        "%d has on disk term %d%s, log %s"
            .formatted(id, disk.term(), EffectWords.vote(disk.votedFor()), terms(disk.entries())));
  }

  private static String terms(List<Entry> entries) {
    return entries.stream()
        .map(entry -> Long.toString(entry.term()))
        .collect(Collectors.joining(" "));
  }
}
