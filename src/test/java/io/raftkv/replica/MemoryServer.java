package io.raftkv.replica;

import io.raftkv.kv.Image;
import io.raftkv.kv.Life;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.raft.Effect;
import io.raftkv.raft.Event;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.Message;
import io.raftkv.raft.RaftConfig;
import io.raftkv.raft.Role;
import io.raftkv.raft.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** One server of a {@link MemoryCluster}: what a process would be. */
final class MemoryServer implements Environment {
  final int id;
  MemoryDisk disk;
  boolean diskStalled;

  /** Why it gave up who it was, if it did. */
  final List<Effect.GivenUp> givenUp = new ArrayList<>();

  /** Whose state it has found to be another than its own. */
  final List<Integer> differing = new ArrayList<>();

  /** What it has told others that its state comes to, once for each of them. */
  final List<Message.StateDigest> told = new ArrayList<>();

  private final MemoryCluster cluster;
  private final List<Integer> members;
  private final boolean form;
  private Optional<Replica> replica = Optional.empty();
  private long run;
  private boolean turnOpen;
  private long diskFreeAt;
  private boolean paused;
  private long wallOffset = 1_000_000;

  MemoryServer(
      MemoryCluster cluster, int id, List<Integer> members, boolean form, MemoryDisk disk) {
    this.cluster = cluster;
    this.id = id;
    this.members = members;
    this.form = form;
    this.disk = disk;
  }

  boolean isUp() {
    return replica.isPresent();
  }

  Replica replica() {
    return replica.orElseThrow(() -> new AssertionError("server " + id + " is down"));
  }

  /** Which run of the process this is: what belongs to an earlier one no longer counts. */
  long run() {
    return run;
  }

  void start() {
    run++;
    turnOpen = false;
    paused = false;
    diskFreeAt = cluster.now();
    var random = cluster.random.split();
    replica =
        Optional.of(
            new Replica(
                RaftConfig.of(
                    id, disk.incarnation, members, form, MemoryCluster.ELECTION_TIMEOUT_MILLIS),
                ReplicaOptions.of(
                    MemoryCluster.REQUEST_TIMEOUT_MILLIS, MemoryCluster.ELECTION_TIMEOUT_MILLIS),
                disk.recover(),
                StartState.empty(),
                disk.newLife(wallMillis(), random.nextLong()),
                new SplittableRandom(random.nextLong()),
                this));
    openTurn();
    cluster.opened(this);
  }

  void crash() {
    if (isUp()) {
      replica = Optional.empty();
      run++;
      disk.crash(cluster.random);
      cluster.closed(this);
    }
  }

  /** The process stands still for a while, and then reads what has queued up. */
  void pause(long millis) {
    paused = true;
    long thisRun = run;
    cluster.after(
        millis,
        () -> {
          if (run == thisRun) {
            paused = false;
            turnOpen = false;
            openTurn();
          }
        });
  }

  private long wallMillis() {
    return wallOffset + cluster.now() + id * 37L;
  }

  void setClockBack() {
    wallOffset = 0;
  }

  void forget(long connection) {
    openTurn();
    replica().forget(connection);
  }

  void handle(Event event) {
    long thisRun = run;
    if (paused) {
      cluster.after(10, () -> ifRunning(thisRun, () -> handle(event)));
    } else if (isUp()) {
      openTurn();
      replica().handle(event);
    }
  }

  void request(long connection, Request request) {
    if (isUp()) {
      openTurn();
      replica().request(connection, request);
    }
  }

  private void ifRunning(long expectedRun, Runnable action) {
    if (run == expectedRun && isUp()) {
      action.run();
    }
  }

  private void openTurn() {
    if (!turnOpen && isUp() && !paused) {
      turnOpen = true;
      replica().handle(new Event.Tick(cluster.now(), wallMillis()));
      long thisRun = run;
      cluster.after(0, () -> ifRunning(thisRun, this::closeTurn));
    }
  }

  private void closeTurn() {
    if (paused) {
      return;
    }
    turnOpen = false;
    replica().flush();
    long thisRun = run;
    long next = Math.max(cluster.now() + 1, replica().nextDeadline());
    cluster.at(next, () -> ifRunning(thisRun, this::openTurn));
  }

  @Override
  public void send(int to, Message message) {
    if (message instanceof Message.StateDigest digest) {
      told.add(digest);
    }
    cluster.send(this, to, message);
  }

  @Override
  public void write(long sequence, List<LogRecord> records) {
    disk.write(records);
    long thisRun = run;
    diskFreeAt =
        Math.max(diskFreeAt, cluster.now())
            + cluster.random.nextInt(cluster.faults.forceMillisMax + 1);
    cluster.at(diskFreeAt, () -> ifRunning(thisRun, () -> forced(sequence, records.size())));
  }

  private void forced(long sequence, int records) {
    if (diskStalled) {
      long thisRun = run;
      cluster.after(10, () -> ifRunning(thisRun, () -> forced(sequence, records)));
      return;
    }
    disk.force(records);
    handle(new Event.Written(sequence));
  }

  @Override
  public void forceLife(Life life) {
    disk.force(life);
    long thisRun = run;
    cluster.after(
        2,
        () ->
            ifRunning(
                thisRun,
                () -> {
                  openTurn();
                  replica().lifeForced(life);
                }));
  }

  @Override
  public void reply(long connection, Reply reply) {
    cluster.replied(connection, reply);
  }

  @Override
  public void roleChanged(Role.Kind role, long term, int leader) {}

  @Override
  public void givenUp(Effect.GivenUp why) {
    givenUp.add(why);
  }

  @Override
  public void stateDiffers(int other, long index) {
    differing.add(other);
  }

  @Override
  public void joined(long clusterId) {
    cluster.opened(this);
  }

  @Override
  public void changed(long requestId, String refusal) {}

  @Override
  public void serving() {}

  @Override
  public void saveSnapshot(Snapshot snapshot, Image image) {}

  @Override
  public void sendSnapshot(int to, long atLeast) {}
}
