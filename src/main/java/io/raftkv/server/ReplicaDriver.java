package io.raftkv.server;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Invariant;
import io.raftkv.bus.Bus;
import io.raftkv.bus.ClientGone;
import io.raftkv.bus.ClientRequests;
import io.raftkv.bus.Identity;
import io.raftkv.bus.OperatorReply;
import io.raftkv.bus.OperatorRequest;
import io.raftkv.bus.PeerEvents;
import io.raftkv.bus.SnapshotReceived;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.kv.Image;
import io.raftkv.kv.Life;
import io.raftkv.raft.Event;
import io.raftkv.raft.RaftConfig;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import io.raftkv.replica.Replica;
import io.raftkv.replica.ReplicaOptions;
import io.raftkv.replica.ReplicaStatus;
import io.raftkv.replica.StartState;
import io.raftkv.storage.SnapshotFiles;
import io.raftkv.storage.Storage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a replica its thread, its clock and its disk. What comes in is handled at once; one flush
 * behind all that is already queued on the event loop ends the turn. So the busier the server, the
 * bigger its batches, and at rest an answer leaves at once.
 */
final class ReplicaDriver implements Storage.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaDriver.class);
  private static final long WAITING_CHECK_MILLIS = 2_000;
  private static final long DISK_CHECK_MILLIS = 1_000;

  private final ServerSettings settings;
  private final Context context;
  private final Vertx vertx;
  private final Bus bus;
  private final ServerListener listener;
  private final Consumer<Failure> onFatal;
  private final FlightRecorder recorder = new FlightRecorder();
  private final WaitingReason waiting;
  private final StoreWatch storeWatch;
  private Optional<Storage> opened = Optional.empty();
  private Optional<Live> live = Optional.empty();
  private Optional<Failure> failedBefore = Optional.empty();
  private boolean ended;

  ReplicaDriver(
      ServerSettings settings,
      Context context,
      Bus bus,
      ServerListener listener,
      Consumer<Failure> onFatal) {
    this.settings = settings;
    this.context = context;
    this.vertx = context.owner();
    this.bus = bus;
    this.listener = listener;
    this.onFatal = onFatal;
    this.waiting = new WaitingReason(settings.id(), members(settings), listener);
    this.storeWatch = new StoreWatch(settings.id(), Runtime.getRuntime().maxMemory());
  }

  /**
   * The data are read: the replica begins. To be called on the event loop. Whatever it throws, the
   * storage is closed by {@link #end}.
   */
  Void begin(Storage storage) {
    opened = Optional.of(storage);
    if (failedBefore.isPresent()) {
      throw failedBefore.get();
    }
    var running = new Live(storage);
    live = Optional.of(running);
    storeWatch.checkAtStart(running.replica.status(), settings.options().maxStoreBytes());
    bus.onClients(running::fromClients);
    bus.onOperators(request -> request.dispatch(running.operators));
    bus.onPeers(running::fromPeers);
    bus.onSnapshots(running::fromSnapshots);
    vertx.setPeriodic(DISK_CHECK_MILLIS, tick -> running.checkDisk());
    vertx.setPeriodic(WAITING_CHECK_MILLIS, tick -> watch(running.replica.status()));
    running.scrubbing.begin();
    running.environment.announceIdentity();
    running.openTurn();
    return null;
  }

  private void watch(ReplicaStatus status) {
    long now = System.nanoTime();
    waiting.check(status, now);
    storeWatch.check(status, now);
  }

  /** Ends for good; the log is closed when the future is. */
  Future<Void> end(Vertx vertx) {
    ended = true;
    live.ifPresent(running -> running.scrubbing.end());
    return opened
        .map(storage -> vertx.<Void>executeBlocking(() -> close(storage)))
        .orElseGet(Future::succeededFuture);
  }

  private static Void close(Storage storage) {
    storage.close();
    return null;
  }

  Optional<ReplicaStatus> status() {
    return live.map(running -> running.replica.status());
  }

  @Override
  public void written(long sequence) {
    onLoop(running -> running.handle(new Event.Written(sequence)));
  }

  @Override
  public void lifeForced(Life life) {
    onLoop(running -> running.act(() -> running.replica.lifeForced(life)));
  }

  @Override
  public void failed(Failure failure) {
    context.runOnContext(go -> fail(failure));
  }

  private void onLoop(Consumer<Live> action) {
    context.runOnContext(go -> live.ifPresent(action));
  }

  private void fail(Failure failure) {
    if (live.isEmpty()) {
      failedBefore = Optional.of(failure);
    } else if (!ended) {
      ended = true;
      onFatal.accept(failure);
    }
  }

  private static List<Integer> members(ServerSettings settings) {
    return settings.cluster().servers().stream().map(ServerConfig::id).toList();
  }

  private RaftConfig raftConfig(long incarnation) {
    var options = settings.options();
    var members = members(settings);
    long heap = Runtime.getRuntime().maxMemory();
    return RaftConfig.of(
            settings.id(), incarnation, members, settings.form(), options.electionTimeoutMillis())
        .withStoreBytesMax(StoreWatch.boundFor(options.maxStoreBytes(), heap));
  }

  /** What exists only once the data are read. */
  private final class Live implements BusEnvironment.Driver {
    private static final long NO_TIMER = -1;

    private final long beganNanos = System.nanoTime();
    private final Storage storage;
    private final BusEnvironment environment;
    private final Replica replica;
    private final Operators operators = new Operators();
    private final SnapshotRequests snapshotRequests;
    private final RoomWatch room;
    private final Scrubbing scrubbing;
    private boolean turnOpen;
    private long timer = NO_TIMER;
    private long timerAt;

    Live(Storage storage) {
      this.storage = storage;
      var recovered = storage.recovered();
      var identity = new Identity(settings.id(), storage.incarnation(), recovered.clusterId());
      environment = new BusEnvironment(identity, bus, storage, this, listener);
      var options = settings.options();
      var start = new StartState(storage.recoveredStore(), storage.recoveredSnapshotBytes());
      room = new RoomWatch(settings.id(), vertx, storage, this::roomChanged);
      snapshotRequests = new SnapshotRequests(start.store().appliedIndex(), bus::toOperators);
      replica =
          new Replica(
              raftConfig(storage.incarnation()),
              ReplicaOptions.of(options.requestTimeoutMillis(), options.electionTimeoutMillis()),
              recovered,
              start,
              storage.life(),
              new SplittableRandom(new SecureRandom().nextLong()),
              environment);
      scrubbing = new Scrubbing(vertx, storage.scrub(), replica, snapshotRequests, this::act);
    }

    /** Stops the turn by what it throws: nothing of it may go out. */
    @Override
    public void beforeServing() {
      storeWatch.checkServing(replica.status());
    }

    void fromClients(Object message) {
      act(
          () -> {
            if (message instanceof ClientRequests batch) {
              batch.requests().forEach(request -> replica.request(batch.connection(), request));
            } else {
              replica.forget(((ClientGone) message).connection());
            }
          });
    }

    /** An empty batch is the transport's word that it is there and wants to know who we are. */
    void fromPeers(PeerEvents batch) {
      if (batch.events().isEmpty()) {
        environment.announceIdentity();
      }
      batch.events().forEach(this::handle);
    }

    /** Another server's snapshot is one of this server's own by now. */
    void fromSnapshots(SnapshotReceived received) {
      LOG.info(
          "server {} has the snapshot of entry {} from another server, {} bytes",
          settings.id(),
          received.snapshot().id().index(),
          received.bytes());
      act(() -> replica.snapshotArrived(received.snapshot(), received.store(), received.bytes()));
      snapshotRequests.saved(received.snapshot().id().index());
    }

    /** In order with the closing of the storage, which waits for it. */
    @Override
    public void saveSnapshot(Snapshot snapshot, Image image) {
      vertx
          .executeBlocking(() -> storage.snapshots().save(snapshot, image))
          .onSuccess(saved -> snapshotSaved(snapshot.id(), saved))
          .onFailure(this::snapshotFailed);
    }

    private void snapshotSaved(SnapshotId id, SnapshotFiles.Saved saved) {
      LOG.debug("server {} saved the snapshot of {}, {}", settings.id(), id, saved);
      act(() -> replica.snapshotSaved(id, saved.bytes()));
      snapshotRequests.saved(id.index());
      scrubbing.saved(id.index());
      storage.dropLogUpTo(saved.oldestIndex());
    }

    private void snapshotFailed(Throwable failure) {
      if (failure instanceof Invariant.Broken) {
        fail(badMemory(failure));
        return;
      }
      LOG.warn(
          "server {} could not save a snapshot, and tries again later: {}",
          settings.id(),
          failure.toString());
      act(replica::snapshotFailed);
      snapshotRequests.failed(failure);
    }

    private Failure badMemory(Throwable failure) {
      return new Failure(
          ExitStatus.UNEXPECTED,
          "server %d stops, and writes no snapshot: %s; start it again, and it begins from its"
                  .formatted(settings.id(), failure.getMessage())
              + " files; if this comes again, test the machine's memory");
    }

    void checkDisk() {
      if (!ended) {
        room.check();
        checkSnapshot(snapshotRequests.newest());
        scrubbing.wantSnapshots();
      }
    }

    private void roomChanged(boolean isShort) {
      handle(new Event.RoomChanged(isShort));
    }

    private void checkSnapshot(long index) {
      vertx
          .executeBlocking(() -> storage.hasSnapshot(index))
          .onSuccess(
              isThere -> {
                if (!isThere && index == snapshotRequests.newest()) {
                  snapshotRequests.lost();
                  act(replica::snapshotLost);
                }
              })
          .onFailure(failure -> LOG.warn("the snapshots are not known: {}", failure + ""));
    }

    /** What operators ask. */
    private final class Operators implements OperatorRequest.Handler {
      @Override
      public void onStatus(OperatorRequest.Status request) {
        var text = StatusText.of(settings.id(), replica.status(), storeWatch.boundMax());
        bus.toOperators(new OperatorReply(request.id(), text));
      }

      @Override
      public void onMakeChange(OperatorRequest.MakeChange request) {
        handle(new Event.ChangeConfiguration(request.id(), request.change()));
      }

      @Override
      public void onTakeSnapshot(OperatorRequest.TakeSnapshot request) {
        snapshotRequests.add(request.id(), replica.status().appliedIndex());
        act(replica::snapshotWanted);
      }
    }

    void handle(Event event) {
      act(
          () -> {
            recorder.record(event);
            replica.handle(event);
          });
    }

    void act(Runnable step) {
      openTurn();
      guarded(step);
    }

    void openTurn() {
      if (!turnOpen && !ended) {
        turnOpen = true;
        context.runOnContext(go -> closeTurn());
        var tick = new Event.Tick(monotonicMillis(), System.currentTimeMillis());
        guarded(() -> replica.handle(tick));
      }
    }

    private void closeTurn() {
      turnOpen = false;
      guarded(
          () -> {
            replica.flush();
            environment.endTurn();
            plan(replica.nextDeadline());
          });
    }

    /**
     * A {@link Failure} says itself why this server stops; whatever else is thrown proves a defect:
     * it stops before it does harm.
     */
    private void guarded(Runnable step) {
      if (ended) {
        return;
      }
      try {
        step.run();
      } catch (Failure known) {
        fail(known);
      } catch (Throwable broken) {
        LOG.error("the last events before the failure:\n{}", recorder.dump(), broken);
        fail(
            new Failure(
                ExitStatus.UNEXPECTED,
                "server " + settings.id() + " stops: " + broken + "; please report this"));
      }
    }

    /** A timer that rings too early costs one idle turn; one for each turn would cost more. */
    private void plan(long deadline) {
      if (timer != NO_TIMER && timerAt <= deadline) {
        return;
      }
      if (timer != NO_TIMER) {
        vertx.cancelTimer(timer);
      }
      timerAt = deadline;
      timer = vertx.setTimer(Math.max(1, deadline - monotonicMillis()), this::ring);
    }

    private void ring(long id) {
      timer = NO_TIMER;
      openTurn();
    }

    private long monotonicMillis() {
      return (System.nanoTime() - beganNanos) / 1_000_000;
    }
  }
}
