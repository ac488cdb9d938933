package io.raftkv.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Request;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.RaftLog;
import io.raftkv.raft.RaftNode;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Five real servers in virtual time on which nothing goes wrong but what a test does to links. */
final class CalmCluster {
  static final int SERVERS = LinkGraph.SERVERS;
  static final int MAJORITY = SERVERS / 2 + 1;
  static final int TIMEOUT_MILLIS = 1_000;

  private static final int DELAY_MICROS = 200;

  private final long seed;
  private final World world;
  private long lastConnection;

  private CalmCluster(long seed, int jitterMicros) {
    this.seed = seed;
    var conditions =
        new Conditions(
            SERVERS,
            0,
            false,
            false,
            TIMEOUT_MILLIS,
            0,
            new Conditions.Network(DELAY_MICROS, jitterMicros, 0, 0, 0, 0, 0),
            new Conditions.Disks(500, 0, 0, 0, 4_096),
            new Conditions.Clocks(0, 0),
            new Conditions.Load(0, 1, 0, 1, 0, 0, 0, 1),
            new Conditions.Bounds(
                1 << 20,
                8 << 20,
                4_096,
                15 * TIMEOUT_MILLIS,
                0,
                0,
                10_000,
                1_000,
                Configuration.UNBOUNDED));
    world = new World(conditions, new Chance(seed), false, new Trace(Optional.empty()));
  }

  /**
   * A cluster at rest: all servers have started, elected a leader and served a write.
   *
   * @param jitterMicros how much longer one message may take than another
   */
  static CalmCluster formed(long seed, int jitterMicros) {
    var cluster = new CalmCluster(seed, jitterMicros);
    cluster.form();
    return cluster;
  }

  private void form() {
    world.servers().forEach(SimServer::start);
    await("everybody serves", this::isServing, 10);
    var write = write(leader());
    await("the first write is answered", write::isKnown, 10);
    run(1);
  }

  private boolean isServing() {
    return world.servers().stream()
        .allMatch(each -> each.isUp() && each.replica().status().serving());
  }

  World world() {
    return world;
  }

  SimServer server(int id) {
    return world.server(id);
  }

  /** Lets so many election timeouts go by. */
  void run(double timeouts) {
    world.timeline().runUntil(world.timeline().now() + micros(timeouts));
  }

  static long micros(double timeouts) {
    return (long) (timeouts * TIMEOUT_MILLIS * Timeline.MILLI);
  }

  /** Waits for something that must happen within so many election timeouts. */
  void await(String what, BooleanSupplier condition, double timeouts) {
    long end = world.timeline().now() + micros(timeouts);
    while (!condition.getAsBoolean()) {
      assertTrue(
          world.timeline().now() < end,
          () -> "within " + timeouts + " election timeouts not so: " + what + "; " + this);
      run(0.05);
    }
  }

  /** A new client of this server asks for a write. */
  ClientOperation write(int server) {
    long connection = ++lastConnection;
    var request = new Request.Set(Bytes.utf8("key"), 0, Bytes.utf8("value " + connection));
    return world.clients().ask(server, connection, request);
  }

  /** Whoever leads the latest term, or {@link RaftNode#NOBODY}. */
  int leader() {
    return world.leader().map(SimServer::id).orElse(RaftNode.NOBODY);
  }

  /** Who follows this leader in its term, itself among them. */
  List<Integer> followersOf(int leader) {
    long term = server(leader).replica().raft().term();
    return IntStream.range(0, SERVERS)
        .filter(id -> server(id).replica().raft().leader() == leader)
        .filter(id -> server(id).replica().raft().term() == term)
        .boxed()
        .toList();
  }

  /** How many leaders were elected so far. */
  long elections() {
    return world.marks().count(Mark.LEADER_ELECTED);
  }

  /** The highest term that anybody has come to. */
  long highestTerm() {
    return world.servers().stream()
        .mapToLong(each -> each.replica().raft().term())
        .max()
        .orElseThrow();
  }

  /** How many entries are committed. */
  int committed() {
    return world.observer().committed().entries().size();
  }

  /** Cuts one direction of a link. */
  void cut(int from, int to) {
    world.network().cut(from, to, true);
  }

  /** Cuts a link both ways. */
  void cut(LinkGraph.Link link) {
    cut(link.a(), link.b());
    cut(link.b(), link.a());
  }

  /** Whoever no longer hears a peer notices by its silence. */
  void noticeSilence() {
    world.links().fellSilent(world.servers());
  }

  /** Makes a link whole again. */
  void mend(LinkGraph.Link link) {
    if (!isOpen(link)) {
      world.network().cut(link.a(), link.b(), false);
      world.network().cut(link.b(), link.a(), false);
      world.links().mended(server(link.a()), server(link.b()));
    }
  }

  /** Whether a link is whole. */
  boolean isOpen(LinkGraph.Link link) {
    return world.network().isOpen(link.a(), link.b()) && world.network().isOpen(link.b(), link.a());
  }

  /** Leaves the links of the graph, and no other. */
  void shape(LinkGraph graph) {
    for (var link : LinkGraph.everyLink()) {
      if (graph.has(link)) {
        mend(link);
      } else {
        cut(link);
      }
    }
    noticeSilence();
  }

  /** Makes all links whole again, after which everybody must serve within ten timeouts. */
  void mendAll() {
    LinkGraph.everyLink().forEach(this::mend);
    var writes = world.members().stream().map(this::write).toList();
    await("all serve again", () -> writes.stream().allMatch(ClientOperation::isKnown), 10);
  }

  /**
   * Somebody leads now, is followed by all that it reaches, serves its clients and theirs within
   * one timeout, and does so for ten more.
   */
  void leadsAndServes() {
    long elections = elections();
    int leader = leader();
    isFollowed(leader);
    var writes =
        world.members().stream()
            .filter(id -> id == leader || isOpen(LinkGraph.Link.between(id, leader)))
            .map(this::write)
            .toList();
    run(1);
    assertTrue(
        writes.stream().allMatch(ClientOperation::isKnown), () -> writes + " unanswered; " + this);
    run(10);
    assertEquals(elections, elections(), () -> "the leader is stable; " + this);
    isFollowed(leader);
  }

  private void isFollowed(int leader) {
    assertTrue(leader != RaftNode.NOBODY, () -> "somebody leads; " + this);
    var followers = followersOf(leader);
    assertTrue(followers.size() >= MAJORITY, () -> "a majority follows the leader; " + this);
    for (var other : world.servers()) {
      assertTrue(
          followers.contains(other.id()) || !world.network().isOpen(leader, other.id()),
          () -> "server " + other.id() + " hears server " + leader + " and follows it; " + this);
      assertFalse(
          other.isLeader() && other.id() != leader,
          () -> "server " + other.id() + " still leads; " + this);
    }
  }

  /** Whether a server could be elected: a majority that it reaches holds no newer log than it. */
  boolean isElectable(int candidate) {
    long voters =
        world.members().stream()
            .filter(id -> id == candidate || isOpen(LinkGraph.Link.between(id, candidate)))
            .filter(voter -> isUpToDate(log(candidate), log(voter)))
            .count();
    return voters >= MAJORITY;
  }

  /** The rule of dissertation 3.6.1, written down a second time. */
  private static boolean isUpToDate(RaftLog candidate, RaftLog voter) {
    return candidate.lastTerm() > voter.lastTerm()
        || (candidate.lastTerm() == voter.lastTerm() && candidate.lastIndex() >= voter.lastIndex());
  }

  private RaftLog log(int server) {
    return server(server).replica().raft().log();
  }

  /** The seed, and what each server believes. */
  @Override
  public String toString() {
    var text = new StringBuilder("seed " + seed + ", servers");
    for (var each : world.servers().stream().filter(SimServer::isUp).toList()) {
      var raft = each.replica().raft();
      text.append(
          " %d:%s(term %d, leader %d, last %d of term %d, commit %d)"
              .formatted(
                  each.id(),
                  raft.status().role(),
                  raft.term(),
                  raft.leader(),
                  raft.log().lastIndex(),
                  raft.log().lastTerm(),
                  raft.commitIndex()));
    }
    return text.toString();
  }
}
