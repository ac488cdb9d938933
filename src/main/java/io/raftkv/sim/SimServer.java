package io.raftkv.sim;

import io.raftkv.base.Failure;
import io.raftkv.kv.Image;
import io.raftkv.kv.Life;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.raft.Effect;
import io.raftkv.raft.Event;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.Message;
import io.raftkv.raft.Role;
import io.raftkv.raft.Snapshot;
import io.raftkv.replica.Environment;
import io.raftkv.replica.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** One server: a real replica, and what a process, its clock and its disk thread do around it. */
final class SimServer implements Environment {
  private final World world;
  private final int id;
  private final SimClock clock;
  private final SplittableRandom random;
  private final SplittableRandom turns;
  private final List<Consumer<Replica>> queued = new ArrayList<>();
  private final SimSnapshots snapshots;
  private SimLog log;
  private SimDiskThread disk;
  private Optional<Replica> replica = Optional.empty();
  private long incarnation;
  private long run;
  private boolean turnOpen;
  private boolean paused;
  private boolean shortOfRoom;
  private boolean starting;
  private long wakeAt;
  private long timerAt = Long.MAX_VALUE;

  SimServer(World world, int id, SimClock clock, SimLog log, SplittableRandom random) {
    this.world = world;
    this.id = id;
    this.clock = clock;
    this.log = log;
    this.random = random;
    this.turns = random.split();
    this.snapshots = new SimSnapshots(world, this, turns.split());
    disk = newDiskThread();
  }

  int id() {
    return id;
  }

  boolean isUp() {
    return replica.isPresent();
  }

  boolean isPaused() {
    return paused;
  }

  boolean isLeader() {
    return isUp() && replica().raft().isLeader();
  }

  Replica replica() {
    return replica.orElseThrow(() -> new IllegalStateException("server " + id + " is down"));
  }

  /** Which run of the process this is: what belongs to an earlier one no longer counts. */
  long run() {
    return run;
  }

  long incarnation() {
    return incarnation;
  }

  /** The ids that its file names. */
  List<Integer> members() {
    return world.membersOfFile(id);
  }

  SimClock clock() {
    return clock;
  }

  SimLog log() {
    return log;
  }

  /** Whether its log lies still: then every bit of it can be told from an unfinished write. */
  boolean isLogAtRest() {
    return isUp() && disk.isAtRest();
  }

  /** Starts the process; it is up when it has read its log. */
  void start() {
    if (isUp() || starting) {
      return;
    }
    run++;
    try {
      var start = log.open(world.timeline().now());
      starting = true;
      world.timeline().at(start.at(), inThisRun(() -> begin(start)));
    } catch (Failure failure) {
      crash(false);
      world.cannotStart(this, failure);
    }
  }

  private void begin(SimLog.Start start) {
    starting = false;
    disk = newDiskThread();
    incarnation = start.incarnation();
    world.observer().recovered(this, start);
    world.started(this);
    turnOpen = false;
    paused = false;
    timerAt = Long.MAX_VALUE;
    replica =
        Optional.of(
            new Replica(
                world.conditions().raftConfig(id, incarnation, members()),
                world.conditions().replicaOptions(),
                start.state(),
                start.store(),
                start.life(),
                random.split(),
                this));
    openTurn();
    shortOfRoom = false;
    checkRoom();
    world.links().opened(this);
  }

  /**
   * The process dies.
   *
   * @param power whether its machine does, too
   */
  void crash(boolean power) {
    boolean wasUp = isUp();
    snapshots.crashed();
    world.observer().crashing(this);
    replica = Optional.empty();
    starting = false;
    paused = false;
    queued.clear();
    run++;
    disk.stop();
    log.crash(world.timeline().now(), power);
    disk = newDiskThread();
    if (wasUp) {
      world.links().died(this);
      world.transfers().died(this);
      world.clients().serverDied(id);
    }
  }

  private SimDiskThread newDiskThread() {
    return new SimDiskThread(world.timeline(), log, inThisRun(() -> world.diskFailed(this)));
  }

  /** Gives a server that is down another disk. */
  void replaceLog(SimLog other) {
    log = other;
    disk = newDiskThread();
  }

  /** The process stands still; what arrives queues up. */
  void pause() {
    paused |= isUp();
  }

  /** It wakes up, and reads what has queued up before it judges any deadline. */
  void resume() {
    if (paused) {
      paused = false;
      turnOpen = false;
      openTurn();
      queued.forEach(action -> action.accept(replica()));
      queued.clear();
    }
  }

  /** Something has happened to this server. */
  void handle(Event event) {
    act(replica -> replica.handle(event));
  }

  void request(long connection, Request request) {
    act(replica -> replica.request(connection, request));
  }

  void forget(long connection) {
    act(replica -> replica.forget(connection));
  }

  void act(Consumer<Replica> action) {
    if (paused) {
      queued.add(action);
    } else if (isUp()) {
      openTurn();
      action.accept(replica());
    }
  }

  private Runnable inThisRun(Runnable action) {
    long thisRun = run;
    return () -> ifRun(thisRun, action);
  }

  void ifRun(long expected, Runnable action) {
    if (run == expected) {
      action.run();
    }
  }

  /** Looks now and then how much room there is. */
  private void checkRoom() {
    boolean isShort = log.weather().isShort(world.timeline().now());
    if (isShort != shortOfRoom) {
      shortOfRoom = isShort;
      handle(new Event.RoomChanged(isShort));
    }
    long after = world.conditions().electionTimeoutMillis() * Timeline.MILLI / 2;
    world.timeline().after(after, inThisRun(this::checkRoom));
  }

  private void openTurn() {
    if (!turnOpen && isUp() && !paused) {
      turnOpen = true;
      long now = world.timeline().now();
      replica().handle(new Event.Tick(clock.monotonicMillis(now), clock.wallMillis(now)));
      world.timeline().at(now + turnMicros(), inThisRun(this::closeTurn));
    }
  }

  /** A busy event loop has read a lot by the time it comes to the turn's end. */
  private long turnMicros() {
    int max = world.conditions().bounds().turnMicrosMax();
    return max == 0 ? 0 : turns.nextInt(max + 1);
  }

  private void closeTurn() {
    if (paused || !isUp()) {
      return;
    }
    turnOpen = false;
    replica().flush();
    world.observer().turned(this);
    planNextTurn();
  }

  /** A timer that fires too early plans itself again; one that would fire too late is replaced. */
  private void planNextTurn() {
    long deadline = clock.timeOf(replica().nextDeadline());
    wakeAt = Math.max(world.timeline().now() + Timeline.MILLI / 4, deadline);
    if (wakeAt < timerAt) {
      startTimer();
    }
  }

  private void startTimer() {
    long at = wakeAt;
    long thisRun = run;
    timerAt = at;
    if (at < Long.MAX_VALUE) {
      world.timeline().at(at, () -> ifRun(thisRun, () -> timerFired(at)));
    }
  }

  private void timerFired(long at) {
    if (at != timerAt) {
      return;
    }
    timerAt = Long.MAX_VALUE;
    if (at < wakeAt) {
      startTimer();
    } else {
      openTurn();
    }
  }

  @Override
  public void send(int to, Message message) {
    world.observer().sending(this, to, message);
    world
        .network()
        .send(new SimNetwork.Letter(id, incarnation, run, to, world.timeline().now(), message));
  }

  @Override
  public void write(long sequence, List<LogRecord> records) {
    world.observer().writing(this, records);
    long thisRun = run;
    disk.write(
        records,
        () ->
            ifRun(
                thisRun,
                () -> {
                  world.observer().written(this, records.size());
                  handle(new Event.Written(sequence));
                }));
  }

  @Override
  public void forceLife(Life life) {
    world.marks().see(Mark.LIFE_RENEWED);
    disk.forceLife(life, inThisRun(() -> act(replica -> replica.lifeForced(life))));
  }

  @Override
  public void reply(long connection, Reply reply) {
    world.clients().replied(id, connection, reply);
  }

  @Override
  public void roleChanged(Role.Kind role, long term, int leader) {
    world.observer().roleChanged(this, role, term, leader);
  }

  @Override
  public void joined(long clusterId) {
    world.links().opened(this);
  }

  @Override
  public void changed(long requestId, String refusal) {
    world.marks().seeIf(refusal.isEmpty(), Mark.CHANGE_MADE);
    world.marks().seeIf(!refusal.isEmpty(), Mark.CHANGE_REFUSED);
  }

  @Override
  public void givenUp(Effect.GivenUp why) {
    world.olderCopies().gaveUp(this, why);
    disk.giveUp(why.clusterId(), inThisRun(() -> world.olderCopies().noted(this)));
  }

  @Override
  public void stateDiffers(int other, long index) {
    throw new Violation("server " + id + " finds another state than its own at server " + other);
  }

  @Override
  public void serving() {}

  @Override
  public void saveSnapshot(Snapshot snapshot, Image image) {
    snapshots.save(snapshot, image);
  }

  @Override
  public void sendSnapshot(int to, long atLeast) {
    world.transfers().send(this, world.server(to), atLeast);
  }

  /** Where its snapshots are written. */
  SimSnapshots snapshots() {
    return snapshots;
  }

  /** Behind what is queued on its disk, the log drops what is no longer needed. */
  void dropLogUpTo(long index) {
    disk.dropLogUpTo(index);
  }
}
