package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Clusters of real replicas under random faults; each failure names the seed that replays it. */
class RandomClusterTest {
  private static final int SEEDS = Integer.getInteger("raftkv.seeds", 60);
  private static final long FIRST_SEED = Long.getLong("raftkv.firstSeed", 1);
  private static final long FAULTY_MILLIS = 20_000;

  @Test
  void everyAnswerFitsTheLogWhateverTheNetworkDoes() {
    forEachSeed(5, this::networkFaults);
  }

  @Test
  void everyAnswerFitsTheLogWhileServersCrash() {
    forEachSeed(5, this::crashes);
  }

  @Test
  void everyAnswerFitsTheLogWhileLeadersFallOneAfterTheOther() {
    forEachSeed(5, this::churn);
  }

  @Test
  void clustersOfOneToFourServersWorkAlike() {
    for (int size = 1; size <= 4; size++) {
      forEachSeed(size, this::crashes, Math.max(1, SEEDS / 4));
    }
  }

  private interface Nemesis {
    void disturb(MemoryCluster cluster);
  }

  private void forEachSeed(int size, Nemesis nemesis) {
    forEachSeed(size, nemesis, SEEDS);
  }

  private void forEachSeed(int size, Nemesis nemesis, int seeds) {
    for (int i = 0; i < seeds; i++) {
      runOne(size, FIRST_SEED + i, nemesis);
    }
    runOne(size, System.nanoTime(), nemesis);
  }

  private void runOne(int size, long seed, Nemesis nemesis) {
    try {
      run(new MemoryCluster(size, seed), nemesis);
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError("seed " + seed + " with " + size + " servers: " + failure, failure);
    }
  }

  private void run(MemoryCluster cluster, Nemesis nemesis) {
    var workload = new Workload(cluster);
    cluster.startAll();
    for (int server = 0; server < cluster.servers.size(); server++) {
      workload.client(server, FAULTY_MILLIS);
      workload.client(server, FAULTY_MILLIS);
    }
    nemesis.disturb(cluster);
    cluster.run(FAULTY_MILLIS);
    recover(cluster);
    assertTrue(cluster.hasLeader(), "no leader after the faults ended");
    assertConverged(cluster);
    new HistoryCheck(cluster.checks.committed()).check(workload.operations);
    assertUseful(workload);
  }

  private void recover(MemoryCluster cluster) {
    cluster.faults.loss = 0;
    cluster.faults.repeat = 0;
    cluster.faults.late = 0;
    cluster.heal();
    cluster.servers.stream().filter(server -> !server.isUp()).forEach(MemoryServer::start);
    cluster.run(6_000);
  }

  private void assertConverged(MemoryCluster cluster) {
    var first = cluster.servers.get(0).replica().store();
    for (var server : cluster.servers) {
      assertEquals(first.appliedIndex(), server.replica().store().appliedIndex());
      assertEquals(first.digest(), server.replica().store().digest());
      assertTrue(server.replica().status().serving(), "server " + server.id + " does not serve");
    }
  }

  /** A cluster that is always down tests nothing. */
  private void assertUseful(Workload workload) {
    long answered =
        workload.operations.stream()
            .filter(o -> o.isAnswered() && !o.reply.equals(io.raftkv.kv.Reply.INTERNAL))
            .count();
    assertTrue(
        answered * 5 > workload.operations.size(),
        answered + " of " + workload.operations.size() + " were answered");
  }

  private void networkFaults(MemoryCluster cluster) {
    var random = cluster.random;
    cluster.faults.loss = random.nextDouble() * 0.1;
    cluster.faults.repeat = random.nextDouble() * 0.2;
    cluster.faults.late = random.nextDouble() * 0.05;
    cluster.faults.delayMillisMax = 1 + random.nextInt(30);
    everyFewMillis(cluster, 2_000, () -> partition(cluster));
  }

  private void partition(MemoryCluster cluster) {
    var random = cluster.random;
    int size = cluster.servers.size();
    switch (random.nextInt(4)) {
      case 0 -> cluster.isolate(Set.of(random.nextInt(size)));
      case 1 -> cluster.isolate(Set.of(0, 1 + random.nextInt(Math.max(1, size - 1))));
      case 2 -> cluster.cut(random.nextInt(size), random.nextInt(size));
      default -> cluster.heal();
    }
  }

  private void crashes(MemoryCluster cluster) {
    var random = cluster.random;
    cluster.faults.forceMillisMax = 1 + random.nextInt(20);
    cluster.faults.late = random.nextDouble() * 0.02;
    everyFewMillis(
        cluster,
        1_500,
        () -> {
          var server = cluster.servers.get(random.nextInt(cluster.servers.size()));
          switch (random.nextInt(5)) {
            case 0 -> cluster.servers.forEach(MemoryServer::crash);
            case 1 -> server.pause(random.nextInt(1_000));
            default -> server.crash();
          }
          cluster.after(random.nextInt(800), () -> restartAll(cluster));
        });
  }

  private void churn(MemoryCluster cluster) {
    var random = cluster.random;
    cluster.faults.late = 0.02;
    cluster.faults.forceMillisMax = 8;
    everyFewMillis(
        cluster,
        400,
        () -> {
          if (cluster.hasLeader()) {
            var leader = cluster.leader();
            if (random.nextBoolean()) {
              cluster.isolate(Set.of(leader.id));
            } else {
              leader.crash();
            }
          }
          cluster.after(
              random.nextInt(400),
              () -> {
                cluster.heal();
                restartAll(cluster);
              });
        });
  }

  private void restartAll(MemoryCluster cluster) {
    cluster.servers.stream().filter(server -> !server.isUp()).forEach(MemoryServer::start);
  }

  private void everyFewMillis(MemoryCluster cluster, int millisMax, Runnable action) {
    cluster.after(
        200 + cluster.random.nextInt(millisMax),
        () -> {
          if (cluster.now() < FAULTY_MILLIS) {
            action.run();
            everyFewMillis(cluster, millisMax, action);
          }
        });
  }
}
