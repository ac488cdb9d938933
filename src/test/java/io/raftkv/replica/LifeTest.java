package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Scripts for what chance hardly meets: lives, voids, timeouts, wiped disks. */
class LifeTest {
  private final MemoryCluster cluster = new MemoryCluster(3, 7);
  private final List<Reply> replies = new ArrayList<>();

  private static Request.Set set(String value) {
    return new Request.Set(Bytes.utf8("k"), 0, Bytes.utf8(value));
  }

  private void start() {
    cluster.onReply((connection, reply) -> replies.add(reply));
    cluster.startAll();
    assertTrue(cluster.runUntil(this::allServe, 5_000));
  }

  private boolean allServe() {
    return cluster.servers.stream().allMatch(s -> s.isUp() && s.replica().status().serving());
  }

  private int follower() {
    return (cluster.leader().id + 1) % 3;
  }

  private Reply ask(int server, Request request) {
    replies.clear();
    cluster.request(server, 1, request);
    assertTrue(cluster.runUntil(() -> !replies.isEmpty(), 5_000), "no answer to " + request);
    return replies.get(0);
  }

  private Reply get(int server) {
    return ask(server, new Request.Get(Bytes.utf8("k")));
  }

  @Test
  void aCommandThatWasGivenUpTakesNoEffectLater() {
    start();
    int server = follower();
    cluster.isolate(Set.of(server));
    cluster.request(server, 1, set("late"));
    cluster.run(MemoryCluster.REQUEST_TIMEOUT_MILLIS + 500);
    assertEquals(List.of(Reply.INTERNAL), replies);

    cluster.heal();
    cluster.run(3_000);

    assertEquals(Reply.NOT_FOUND, get(server));
    assertTrue(ask(server, set("next")) instanceof Reply.Stored);
  }

  @Test
  void aRequestThatStillWaitsWhenTheMajorityIsBackIsAnswered() {
    start();
    int server = follower();
    cluster.isolate(Set.of(server));
    cluster.request(server, 1, set("v"));
    cluster.run(1_000);
    assertEquals(List.of(), replies);

    cluster.heal();
    cluster.run(1_500);

    assertEquals(1, replies.size());
    assertTrue(replies.get(0) instanceof Reply.Stored);
  }

  @Test
  void aServerWhoseLifeIsOlderThanTheStatesTakesANewerOne() {
    start();
    int server = follower();
    assertTrue(ask(server, set("first")) instanceof Reply.Stored);
    cluster.servers.get(server).crash();
    cluster.servers.get(server).disk.forgetLives();
    cluster.servers.get(server).setClockBack();

    cluster.servers.get(server).start();
    assertTrue(cluster.runUntil(this::allServe, 5_000));

    assertTrue(ask(server, set("second")) instanceof Reply.Stored);
    assertEquals(new Reply.Value(Bytes.utf8("second")), get(server));
  }

  @Test
  void aClientThatLeavesDoesNotStopThoseBehindIt() {
    start();
    int server = follower();
    for (int i = 0; i < 20; i++) {
      cluster.request(server, 5, set("v" + i));
    }
    cluster.servers.get(server).forget(5);

    assertTrue(ask(server, set("mine")) instanceof Reply.Stored);
  }

  @Test
  void readsAndWritesOfOneConnectionKeepTheirOrder() {
    start();
    int server = follower();
    for (int i = 0; i < 5; i++) {
      cluster.request(server, 9, set("v" + i));
      cluster.request(server, 9, new Request.Get(Bytes.utf8("k")));
    }
    assertTrue(cluster.runUntil(() -> replies.size() == 10, 5_000));

    for (int i = 0; i < 5; i++) {
      assertTrue(replies.get(2 * i) instanceof Reply.Stored);
      assertEquals(new Reply.Value(Bytes.utf8("v" + i)), replies.get(2 * i + 1));
    }
  }

  @Test
  void moreCommandsThanMayBeUnseenAreAnsweredAllTheSame() {
    start();
    int server = follower();
    for (int i = 0; i < 10_000; i++) {
      cluster.request(server, i % 50, set("v" + i));
    }

    assertTrue(cluster.runUntil(() -> replies.size() == 10_000, 5_000), replies.size() + "");
    assertTrue(replies.stream().allMatch(r -> r instanceof Reply.Stored));
  }

  @Test
  void aServerWithAWipedDiskServesWithoutASeat() {
    start();
    int server = follower();
    ask(server, set("v"));
    cluster.servers.get(server).crash();
    cluster.wipe(server);

    cluster.servers.get(server).start();
    assertTrue(cluster.runUntil(this::allServe, 5_000));

    assertEquals(new Reply.Value(Bytes.utf8("v")), get(server));
    assertTrue(!cluster.servers.get(server).replica().status().raft().seated());
  }

  @Test
  void aHungDiskOfTheLeaderMovesLeadership() {
    start();
    var leader = cluster.leader();
    int other = follower();
    leader.diskStalled = true;
    cluster.request(other, 1, set("v"));

    int timeout = MemoryCluster.ELECTION_TIMEOUT_MILLIS;
    assertTrue(cluster.runUntil(() -> leadsAnother(leader), 3 * timeout));
    assertTrue(cluster.runUntil(() -> !replies.isEmpty(), timeout));
  }

  private boolean leadsAnother(MemoryServer before) {
    return cluster.hasLeader() && cluster.leader() != before;
  }

  @Test
  void expiryIsSeenOnEveryServer() {
    start();
    ask(0, new Request.Set(Bytes.utf8("k"), 1, Bytes.utf8("v")));
    assertEquals(new Reply.Value(Bytes.utf8("v")), get(1));

    cluster.run(1_100);

    for (int server = 0; server < 3; server++) {
      assertEquals(Reply.NOT_FOUND, get(server));
    }
  }

  @Test
  void aQuietClusterWithNothingToExpireWritesNothing() {
    start();
    long last = cluster.leader().replica().raft().log().lastIndex();

    cluster.run(60_000);

    assertEquals(last, cluster.leader().replica().raft().log().lastIndex());
  }

  @Test
  void aClientThatHangsUpPinsNothingOfWhatComesBehindIt() {
    start();
    int server = follower();
    cluster.request(server, 5, set("v"));
    cluster.request(server, 5, new Request.Get(Bytes.utf8("k")));
    cluster.servers.get(server).forget(5);

    for (int i = 0; i < 100; i++) {
      get(server);
    }

    assertEquals(new Backlog(0, 0, 0, 0), cluster.servers.get(server).replica().backlog());
  }

  @Test
  void readsThatWereGivenUpWhileThereWasNoMajorityAreForgotten() {
    start();
    int server = follower();
    cluster.isolate(Set.of(server));
    for (int i = 0; i < 2_000; i++) {
      cluster.request(server, 6 + i % 7, new Request.Get(Bytes.utf8("k")));
      cluster.run(20);
    }
    cluster.run(MemoryCluster.REQUEST_TIMEOUT_MILLIS + 500);

    assertEquals(2_000, replies.size());
    assertEquals(new Backlog(0, 0, 0, 0), cluster.servers.get(server).replica().backlog());
  }

  @Test
  void connectionsThatAreGoneLeaveTheLineWhileNothingCanBeNumbered() {
    start();
    int server = follower();
    cluster.isolate(Set.of(server));
    for (int i = 0; i < 10_000; i++) {
      cluster.request(server, i, set("v" + i));
    }
    cluster.run(10);

    for (int i = 0; i < 10_000; i++) {
      cluster.servers.get(server).forget(i);
    }

    assertEquals(0, cluster.servers.get(server).replica().backlog().connections());
  }

  /** The entry that says that the first key has ended may be stamped before the second has. */
  @Test
  void aReadNeverSeesAKeyThatEndedWhileAnEarlierEndIsUnderWay() {
    start();
    var leader = cluster.leader();
    ask(leader.id, new Request.Set(Bytes.utf8("a"), 1, Bytes.utf8("1")));
    cluster.run(300);
    ask(leader.id, new Request.Set(Bytes.utf8("k"), 1, Bytes.utf8("2")));
    cluster.servers.forEach(each -> each.diskStalled = true);
    cluster.run(1_100);
    replies.clear();

    cluster.request(leader.id, 1, new Request.Get(Bytes.utf8("k")));
    cluster.run(10);
    cluster.servers.forEach(each -> each.diskStalled = false);

    assertTrue(cluster.runUntil(() -> !replies.isEmpty(), 5_000));
    assertEquals(Reply.NOT_FOUND, replies.get(0));
  }
}
