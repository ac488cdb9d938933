package io.raftkv.sim;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Image;
import io.raftkv.kv.ImageDecoder;
import io.raftkv.kv.ImageEncoder;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.Snapshot;
import io.raftkv.replica.StartState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** A log of records that never become bytes: faster, and blind to everything that bytes can do. */
final class RecordLog implements SimLog {
  private final DiskWeather weather;
  private final LongSupplier wallMillis;
  private final RandomGenerator random;
  private final long incarnation;
  private final List<LogRecord> records = new ArrayList<>();
  private final List<Long> durableAt = new ArrayList<>();
  private final List<Kept> snapshots = new ArrayList<>();
  private long lifeNumber;
  private long clock;
  private long operations;
  private long droppedUpTo;

  /** A snapshot, and when it was durable. */
  private record Kept(Copy copy, long at) {
    long index() {
      return copy.snapshot().id().index();
    }
  }

  RecordLog(DiskWeather weather, LongSupplier wallMillis, RandomGenerator random) {
    this.weather = weather;
    this.wallMillis = wallMillis;
    this.random = random;
    incarnation = random.nextLong() | 1;
  }

  @Override
  public Start open(long now) {
    clock = weather.end(0, now, weather.forceMicros());
    lifeNumber = Math.max(lifeNumber + 1, wallMillis.getAsLong());
    var fold = new PersistentState.Fold();
    records.forEach(record -> record.dispatch(fold));
    followSnapshot(fold);
    var store = snapshots.isEmpty() ? StartState.empty() : store(newestKept());
    var snapshot = snapshots.isEmpty() ? Optional.<Snapshot>empty() : newestSnapshot();
    var life = new Life(lifeNumber, random.nextLong());
    return new Start(clock, incarnation, life, kept(fold.state(snapshot)), store, 0);
  }

  private Optional<Snapshot> newestSnapshot() {
    return Optional.of(newestKept().snapshot());
  }

  private Copy newestKept() {
    return snapshots.get(snapshots.size() - 1).copy();
  }

  /** As recovery does: a snapshot that the log does not reach takes the log's place. */
  private void followSnapshot(PersistentState.Fold fold) {
    if (snapshots.isEmpty()) {
      return;
    }
    var snapshot = newestKept().snapshot();
    if (fold.before() == snapshot.id().index() || fold.holds(snapshot.id())) {
      return;
    }
    var missing = new ArrayList<LogRecord>();
    if (fold.term() < snapshot.id().term()) {
      missing.add(new LogRecord.Vote(snapshot.id().term(), RaftNode.NOBODY));
    }
    if (fold.clusterId() == 0) {
      missing.add(new LogRecord.Joined(snapshot.configuration().clusterId()));
    }
    missing.add(new LogRecord.StartAfter(snapshot.id()));
    for (var record : missing) {
      record.dispatch(fold);
      records.add(record);
      durableAt.add(clock);
    }
  }

  /** What was dropped is not found again. */
  private PersistentState kept(PersistentState state) {
    var entries = state.entries().stream().filter(e -> e.index() > droppedUpTo).toList();
    return new PersistentState(
        state.term(), state.votedFor(), state.clusterId(), state.snapshot(), entries);
  }

  private static StartState store(Copy copy) {
    var decoder = new ImageDecoder();
    decoder.decode(copy.file().toByteBuffer());
    return new StartState(decoder.finish(), copy.file().length());
  }

  @Override
  public Saved save(long now, Snapshot snapshot, Image image) throws IOException {
    var file = encode(image);
    keep(now, new Copy(snapshot, file));
    return new Saved(
        clock, file.length(), snapshots.get(Math.max(0, snapshots.size() - 2)).index());
  }

  private static Bytes encode(Image image) {
    var bytes = new ByteArrayOutputStream();
    var encoder = new ImageEncoder(image);
    var piece = ByteBuffer.allocate(4_096);
    boolean more = true;
    while (more) {
      more = encoder.encode(piece.clear());
      bytes.write(piece.array(), 0, piece.position());
    }
    return Bytes.wrap(bytes.toByteArray());
  }

  /** What is older than the two newest that are durable goes. */
  private void keep(long now, Copy copy) throws IOException {
    long at = operate(now);
    long index = copy.snapshot().id().index();
    if (snapshots.stream().noneMatch(kept -> kept.index() == index)) {
      snapshots.add(new Kept(copy, at));
      snapshots.sort(Comparator.comparingLong(Kept::index));
    }
    var durable = snapshots.stream().filter(kept -> kept.at() <= now).toList();
    snapshots.removeAll(durable.subList(0, Math.max(0, durable.size() - 2)));
  }

  @Override
  public Optional<Copy> newest(long now) {
    return snapshots.stream()
        .filter(kept -> kept.at() <= now)
        .max(Comparator.comparingLong(Kept::index))
        .map(Kept::copy);
  }

  @Override
  public Received receive(long now, Copy copy) throws IOException {
    keep(now, copy);
    return new Received(clock, store(copy).store(), copy.file().length());
  }

  @Override
  public long dropLogUpTo(long now, long index) {
    droppedUpTo = Math.max(droppedUpTo, index);
    return now;
  }

  @Override
  public long write(long now, List<LogRecord> written) throws IOException {
    long durable = operate(now);
    for (var record : written) {
      records.add(record);
      durableAt.add(durable);
    }
    return durable;
  }

  @Override
  public long forceLife(long now, Life life) throws IOException {
    lifeNumber = life.number();
    return operate(now);
  }

  private long operate(long now) throws IOException {
    weather.checkFailure(++operations);
    clock = weather.end(operations, Math.max(clock, now), weather.forceMicros());
    return clock;
  }

  @Override
  public long rest(long now) {
    return now;
  }

  @Override
  public void crash(long now, boolean power) {
    int durable = 0;
    while (durable < records.size() && durableAt.get(durable) <= now) {
      durable++;
    }
    int kept = durable + random.nextInt(records.size() - durable + 1);
    records.subList(kept, records.size()).clear();
    durableAt.subList(kept, durableAt.size()).clear();
    durableAt.replaceAll(time -> Math.min(time, now));
    snapshots.removeIf(snapshot -> snapshot.at() > now);
    operations = 0;
    clock = now;
    weather.processDied();
  }

  @Override
  public Optional<Runnable> flipBit() {
    return Optional.empty();
  }

  @Override
  public Optional<Runnable> loseWrite() {
    return Optional.empty();
  }

  @Override
  public Optional<Runnable> copy(long now) {
    return Optional.empty();
  }

  @Override
  public long giveUp(long now, long clusterId) {
    throw new IllegalStateException("records never go back");
  }

  @Override
  public void restore(Snapshot founding, KvStore store) {
    snapshots.add(new Kept(new Copy(founding, encode(store.freeze())), 0));
  }

  @Override
  public DiskWeather weather() {
    return weather;
  }

  @Override
  public long operations() {
    return operations;
  }

  @Override
  public long segments() {
    return 0;
  }
}
