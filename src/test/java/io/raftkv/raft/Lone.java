package io.raftkv.raft;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** One real node of a formed cluster whose peers, disk and clock are the test. */
final class Lone {
  static final int TIMEOUT = 1_000;
  static final long CLUSTER = 7;

  /** The stamp of a message that is said when it is received. */
  static final long NOW = 5_000;

  final RaftNode node;
  final int id;
  private final PersistentState persistent;
  private final Writes writes = new Writes();
  private final List<Message> sent = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();
  private long now = 10_000;
  private long stamps;

  /** The writes that are under way. */
  private static final class Writes {
    final List<Effect.Write> all = new ArrayList<>();
    int forced;
  }

  /** A node with an empty log behind the configuration at index 1, term 1. */
  static Lone of(int id, int servers) {
    return of(id, servers, 1, RaftNode.NOBODY);
  }

  /** As {@link #of(int, int)}, with these terms at the indexes from 2 on. */
  static Lone of(int id, int servers, long term, int votedFor, long... terms) {
    var entries = new ArrayList<Entry>();
    entries.add(configuration(servers));
    for (long each : terms) {
      entries.add(entry(entries.size() + 1, each));
    }
    return new Lone(id, servers, new PersistentState(term, votedFor, CLUSTER, entries));
  }

  static Entry configuration(int servers) {
    var seats =
        IntStream.range(0, servers)
            .mapToObj(i -> new Configuration.Seat(i, incarnation(i)))
            .toList();
    return new Entry(1, 1, 0, Entry.Kind.CONFIGURATION, new Configuration(CLUSTER, seats).encode());
  }

  static Entry entry(long index, long term) {
    return new Entry(index, term, 0, Entry.Kind.COMMAND, Bytes.utf8("c" + index + "." + term));
  }

  static long incarnation(int id) {
    return 100 + id;
  }

  Lone(int id, int servers, PersistentState persistent) {
    this.id = id;
    this.persistent = persistent;
    var members = IntStream.range(0, servers).boxed().toList();
    var config = RaftConfig.of(id, incarnation(id), members, false, TIMEOUT);
    node = new RaftNode(config, persistent, new SplittableRandom(id));
    tick(0);
    for (int peer : members) {
      if (peer != id) {
        node.handle(new Event.Receive(peer, incarnation(peer), new Message.ReadIndex(0)));
      }
    }
    flush();
    sent.clear();
  }

  Lone tick(long millis) {
    now += millis;
    node.handle(new Event.Tick(now, 1_000_000 + now));
    return this;
  }

  /** Lets time pass in small turns, as a server that is awake would see it. */
  Lone pass(long millis) {
    for (long passed = 0; passed < millis; passed += 10) {
      tick(10).flush();
    }
    return this;
  }

  /** Lets the time pass, in one turn, until the node has planned to do something. */
  Lone untilDeadline() {
    return tick(Math.max(0, node.nextDeadline() - now));
  }

  Lone receive(int from, Message message) {
    return receive(from, incarnation(from), message);
  }

  Lone receive(int from, long incarnation, Message message) {
    node.handle(new Event.Receive(from, incarnation, stamped(message)));
    return this;
  }

  /** What a script does not give a stamp of its own is said later than all before it. */
  private Message stamped(Message message) {
    if (message instanceof Message.AppendEntries said && said.time() == NOW) {
      return new Message.AppendEntries(
          said.term(),
          said.prevLogIndex(),
          said.prevLogTerm(),
          said.entries(),
          said.leaderCommit(),
          said.round(),
          NOW + ++stamps);
    }
    return message;
  }

  Lone flush() {
    for (var effect : node.flush()) {
      effects.add(effect);
      if (effect instanceof Effect.Send send) {
        sent.add(send.message());
      } else if (effect instanceof Effect.Write write) {
        writes.all.add(write);
      }
    }
    return this;
  }

  /** The disk has forced everything it was given. */
  Lone force() {
    return force(writes.all.size() - writes.forced);
  }

  /** The disk has forced the oldest writes. */
  Lone force(int count) {
    for (int i = 0; i < count; i++) {
      node.handle(new Event.Written(writes.all.get(writes.forced++).sequence()));
    }
    return flush();
  }

  /** The disk has forced all writes up to this one; the turn goes on. */
  Lone written(long sequence) {
    if (sequence > writes.all.size()) {
      throw new IllegalArgumentException("write " + sequence + " of " + writes.all.size());
    }
    writes.forced = (int) Math.max(writes.forced, sequence);
    node.handle(new Event.Written(sequence));
    return this;
  }

  /** The number of the last write that was given out. */
  int lastWrite() {
    return writes.all.size();
  }

  boolean isWriting() {
    return writes.forced < writes.all.size();
  }

  /** What was sent since it was last asked for. */
  List<Message> sent() {
    flush();
    var result = List.copyOf(sent);
    sent.clear();
    return result;
  }

  <M extends Message> List<M> sent(Class<M> kind) {
    return sent().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<Effect> effects() {
    flush();
    var result = List.copyOf(effects);
    effects.clear();
    return result;
  }

  /** The records of all writes that have been given out. */
  List<LogRecord> records() {
    return writes.all.stream().flatMap(write -> write.records().stream()).toList();
  }

  /** What the disk would give back after a crash now. */
  PersistentState durable() {
    var fold = new PersistentState.Fold();
    new LogRecord.Vote(persistent.term(), persistent.votedFor()).dispatch(fold);
    new LogRecord.Joined(persistent.clusterId()).dispatch(fold);
    new LogRecord.Append(persistent.entries()).dispatch(fold);
    writes.all.subList(0, writes.forced).stream()
        .flatMap(write -> write.records().stream())
        .forEach(record -> record.dispatch(fold));
    return fold.state();
  }

  /** Makes it the leader of the next term, its first entry sent and durable. */
  Lone lead() {
    campaign();
    long term = node.term();
    force();
    for (int peer : node.membership().peers()) {
      receive(peer, granted(term, false));
    }
    flush().force();
    sent.clear();
    effects.clear();
    return this;
  }

  /** Lets it wait until it asks in earnest, with all pre-votes granted; its vote is not forced. */
  Lone campaign() {
    while (node.status().role() == Role.Kind.FOLLOWER) {
      pass(10);
    }
    long next = node.term() + 1;
    for (int peer : node.membership().peers()) {
      receive(peer, granted(next, true));
    }
    return flush();
  }

  static Message.RequestVoteReply granted(long term, boolean preVote) {
    return new Message.RequestVoteReply(term, true, preVote, -1, 1_000_000);
  }

  static Message.RequestVote vote(long term, long lastIndex, long lastTerm) {
    return new Message.RequestVote(term, lastIndex, lastTerm, false, false);
  }

  static Message.RequestVote preVote(long term, long lastIndex, long lastTerm) {
    return new Message.RequestVote(term, lastIndex, lastTerm, true, false);
  }

  static Message.AppendEntries append(
      long term, long prevIndex, long prevTerm, long commit, Entry... entries) {
    return new Message.AppendEntries(term, prevIndex, prevTerm, List.of(entries), commit, 0, NOW);
  }

  /** A leader's sign of life with this stamp. */
  static Message.AppendEntries heartbeat(long term, long time) {
    return new Message.AppendEntries(term, 1, 1, List.of(), 0, 0, time);
  }

  static Message.AppendEntriesReply accepted(long term, long match, long round) {
    return new Message.AppendEntriesReply(term, true, match, 0, 0, round);
  }
}
