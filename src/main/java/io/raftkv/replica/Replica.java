package io.raftkv.replica;

import io.raftkv.base.Bytes;
import io.raftkv.base.Invariant;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.kv.Request;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Effect;
import io.raftkv.raft.Entry;
import io.raftkv.raft.Event;
import io.raftkv.raft.Message;
import io.raftkv.raft.PersistentState;
import io.raftkv.raft.RaftConfig;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import java.util.ArrayList;
import java.util.random.RandomGenerator;

/**
 * One server's brain: what its clients ask goes to consensus, what consensus commits goes to the
 * store, and what the store says goes to the clients. Every reply is made here, out of this
 * server's own store, whoever leads.
 *
 * <p>A turn is any number of {@link #handle}, {@link #request} and {@link #forget}, opened by a
 * {@link Event.Tick} and closed by one {@link #flush}. It is not thread-safe.
 */
public final class Replica {
  private final RaftConfig config;
  private final Environment environment;
  private final RaftNode raft;
  private final RunAhead runAhead;
  private final Origin origin;
  private final Lives lives;
  private final Reads reads;
  private final Clients clients;
  private final Snapshots snapshots;
  private final Retries retries;
  private final CorruptionCheck corruptionCheck;
  private final Events events;
  private final Effects effects = new Effects();
  private final long startReadId;
  private KvStore store;
  private boolean serving;
  private long now;

  /**
   * @param persistent what the server remembers; it is taken over
   * @param start the state as of the snapshot that it remembers; it is taken over, too
   * @param life this run of the server, durable already
   * @param random a source that no other server, and no other life of this one, shares
   */
  public Replica(
      RaftConfig config,
      ReplicaOptions options,
      PersistentState persistent,
      StartState start,
      Life life,
      RandomGenerator random,
      Environment environment) {
    this.config = config;
    this.environment = environment;
    raft = new RaftNode(config, persistent, random);
    events = new Events();
    store = start.store();
    persistent.snapshot().ifPresent(taken -> store.bound(taken.configuration().storeBytesMax()));
    snapshots = new Snapshots(options.snapshotPolicy(), raft, environment, start);
    runAhead = new RunAhead(raft, config.appendBytesMax(), this::store);
    origin = new Origin(config.id(), life, options);
    lives = new Lives(config.id(), origin, random, environment);
    reads = new Reads(random.nextLong());
    startReadId = reads.sendEmpty();
    retries = new Retries(options.retryMillis(), origin, reads, runAhead, this::read);
    clients = new Clients(options.requestTimeoutMillis(), environment);
    corruptionCheck =
        new CorruptionCheck(config, raft, environment, options.corruptionCheckMillis());
  }

  /** A client asks; any number may be under way, and replies come in the order of the requests. */
  public void request(long connection, Request request) {
    clients.add(connection, request, now);
  }

  /** The client is gone: its replies are dropped, and what was not yet sent is not sent. */
  public void forget(long connection) {
    clients.forget(connection, reads);
  }

  /** Takes one event. */
  public void handle(Event event) {
    event.dispatch(events);
  }

  /** The life asked for with {@link Environment#forceLife} is durable. */
  public void lifeForced(Life life) {
    lives.forced(life);
    retries.sendAgain(now, !lives.isForcing());
  }

  /** A snapshot of what is applied by now is wanted, unless the newest is one already. */
  public void snapshotWanted() {
    snapshots.want(store.appliedIndex());
  }

  /** The newest snapshot went bad and is no more: another is wanted. */
  public void snapshotLost() {
    snapshots.lost();
    snapshots.want(store.appliedIndex());
  }

  /** The snapshot asked for with {@link Environment#saveSnapshot} is durable, and so long. */
  public void snapshotSaved(SnapshotId id, long bytes) {
    snapshots.saved(id, bytes);
    raft.handle(new Event.SnapshotTaken(id));
  }

  /** The snapshot asked for with {@link Environment#saveSnapshot} could not be written. */
  public void snapshotFailed() {
    snapshots.failed(now);
  }

  /**
   * Another server's snapshot is durable here, and was read back.
   *
   * @param image the state as of there; it is taken over
   * @param bytes the size of the snapshot
   */
  public void snapshotArrived(Snapshot snapshot, KvStore image, long bytes) {
    Invariant.equal(
        image.appliedIndex(), snapshot.id().index(), "the store is that of the snapshot");
    snapshots.arrived(snapshot.id(), image, bytes);
    raft.handle(new Event.SnapshotArrived(snapshot));
  }

  /** Ends a turn: performs everything that it brought forth. */
  public void flush() {
    do {
      effects.again = false;
      clients.expire(now, origin, reads);
      issue();
      expireKeys(false);
      retries.retry(now, !lives.isForcing());
      corruptionCheck.flush(store);
      for (var effect : raft.flush()) {
        effect.dispatch(effects);
      }
    } while (effects.again);
    snapshots.takeIfDue(store, now);
    snapshots.endTurn();
  }

  /** The monotonic millisecond at which it next needs a {@link Event.Tick} and a flush. */
  public long nextDeadline() {
    long deadline = Math.min(raft.nextDeadline(), clients.nextDeadline());
    deadline = Math.min(deadline, retries.nextDeadline());
    deadline = Math.min(deadline, snapshots.nextDeadline(now));
    long due = store.earliestDeadline();
    if (raft.isLeader() && due != Long.MAX_VALUE && due > raft.clusterTime()) {
      deadline = Math.min(deadline, now + (due - raft.clusterTime()));
    }
    return deadline;
  }

  /** What an operator may want to know. */
  public ReplicaStatus status() {
    return ReplicaStatus.of(raft.status(), store, serving);
  }

  /** What waits here, to hold it against its bounds. */
  public Backlog backlog() {
    return new Backlog(clients.waiting(), reads.waiting(), origin.unseen(), clients.inLine());
  }

  /** The store, to read; for tests and checks. */
  public KvStore store() {
    return store;
  }

  /** The consensus part, to read; for tests and checks. */
  public RaftNode raft() {
    return raft;
  }

  private void issue() {
    if (!serving || lives.isForcing()) {
      return;
    }
    var numbered = new ArrayList<Bytes>();
    clients.issue(origin::hasRoom, write -> numbered.add(origin.number(write)), reads::add);
    if (!numbered.isEmpty()) {
      runAhead.propose(numbered);
    }
    if (reads.canSend()) {
      read(reads.send());
    }
  }

  private void read(long readId) {
    expireKeys(true);
    raft.handle(new Event.Read(readId));
  }

  /**
   * If deadlines have come, the log must say so, and up to the latest of them before a read may be
   * answered.
   */
  private void expireKeys(boolean isAwaited) {
    if (raft.isLeader()) {
      long due = store.latestDeadline(raft.clusterTime());
      if (due != KvStore.NO_DEADLINE) {
        raft.handle(new Event.Expire(due, isAwaited));
      }
    }
  }

  private void answerReads() {
    reads.answer(store.appliedIndex(), this::answerRead);
    if (!serving && reads.isAnswered(startReadId)) {
      startServing();
    }
  }

  private void answerRead(Waiting read) {
    if (!read.isAnswered()) {
      read.reply = store.read((Request.Query) read.request);
      clients.readEnded(read);
    }
  }

  private void startServing() {
    serving = true;
    effects.again = true;
    environment.serving();
    checkLife();
  }

  private void checkLife() {
    if (serving) {
      lives.check(store);
    }
  }

  private void restore(KvStore image) {
    store = image;
    corruptionCheck.restored();
    lives.restored(image, clients::writeApplied);
    checkLife();
    answerReads();
  }

  private void apply(Entry entry) {
    long clockBefore = store.clock();
    applyOne(entry);
    corruptionCheck.applied(store, clockBefore);
  }

  private void applyOne(Entry entry) {
    if (entry.kind() == Entry.Kind.COMMAND) {
      store.apply(entry.index(), entry.time(), entry.command()).ifPresent(this::applied);
      return;
    }
    store.advance(entry.index(), entry.time());
    if (entry.kind() == Entry.Kind.CONFIGURATION) {
      store.bound(Configuration.decode(entry.command()).storeBytesMax());
    }
  }

  private void applied(KvStore.Applied applied) {
    var id = applied.id();
    if (id.origin() != config.id()) {
      return;
    }
    if (applied.counted() && id.life().equals(origin.life())) {
      clients.writeApplied(origin.seen(id.sequence(), applied.reply()));
    } else {
      checkLife();
    }
  }

  /** Routes events; proposals and reads of peers pass by the store's bookkeeping first. */
  private final class Events extends EventsToRaft {
    Events() {
      super(raft);
    }

    @Override
    public void onTick(Event.Tick event) {
      now = event.monotonicMillis();
      super.onTick(event);
    }

    @Override
    public void onReceive(Event.Receive event) {
      if (event.message() instanceof Message.Propose propose) {
        if (raft.isAccepting()) {
          runAhead.propose(propose.commands());
        }
        return;
      }
      if (event.message() instanceof Message.ReadIndex) {
        expireKeys(true);
      }
      super.onReceive(event);
    }

    @Override
    public void onPropose(Event.Propose event) {
      runAhead.propose(event.commands());
    }

    /** What was sent over the link before may be lost. */
    @Override
    public void onLinkOpened(Event.LinkOpened event) {
      super.onLinkOpened(event);
      if (event.peer() == raft.leader()) {
        retries.sendAgain(now, !lives.isForcing());
      }
    }
  }

  /** Performs effects; those that let more be sent ask for the flush to go round again. */
  private final class Effects implements Effect.Handler {
    private boolean again;

    @Override
    public void onSend(Effect.Send effect) {
      environment.send(effect.to(), effect.message());
    }

    @Override
    public void onWrite(Effect.Write effect) {
      environment.write(effect.sequence(), effect.records());
    }

    @Override
    public void onApply(Effect.Apply effect) {
      effect.entries().forEach(Replica.this::apply);
      answerReads();
      again = true;
    }

    @Override
    public void onReadReady(Effect.ReadReady effect) {
      reads.confirm(effect.readId(), effect.index());
      answerReads();
      again = true;
    }

    @Override
    public void onRoleChanged(Effect.RoleChanged effect) {
      environment.roleChanged(effect.role(), effect.term(), effect.leader());
      if (effect.leader() != RaftNode.NOBODY) {
        retries.sendAgain(now, !lives.isForcing());
        again = true;
      }
    }

    @Override
    public void onJoined(Effect.Joined effect) {
      environment.joined(effect.clusterId());
    }

    @Override
    public void onGivenUp(Effect.GivenUp effect) {
      environment.givenUp(effect);
    }

    @Override
    public void onStateTold(Effect.StateTold effect) {
      corruptionCheck.told(effect);
      again = true;
    }

    @Override
    public void onSendSnapshot(Effect.SendSnapshot effect) {
      environment.sendSnapshot(effect.to(), effect.atLeast());
    }

    @Override
    public void onRestore(Effect.Restore effect) {
      var image = snapshots.take(effect.snapshot().id());
      image.bound(effect.snapshot().configuration().storeBytesMax());
      restore(image);
      again = true;
    }

    @Override
    public void onChanged(Effect.Changed effect) {
      environment.changed(effect.requestId(), effect.refusal());
    }
  }
}
