package io.raftkv.sim;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Image;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.Snapshot;
import io.raftkv.replica.StartState;
import io.raftkv.storage.BackupFile;
import io.raftkv.storage.LogFiles;
import io.raftkv.storage.StorageOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** The real write-ahead log, byte for byte, on a disk in virtual time. */
final class ByteLog implements SimLog {
  private final int serverId;
  private final SimDisk disk;
  private final DiskWeather weather;
  private final StorageOptions options;
  private Optional<LogFiles> files = Optional.empty();

  ByteLog(
      int serverId,
      Conditions.Disks conditions,
      DiskWeather weather,
      LongSupplier wallMillis,
      RandomGenerator random) {
    this.serverId = serverId;
    this.weather = weather;
    disk = new SimDisk(weather, random);
    options =
        new StorageOptions(
            conditions.segmentBytes(), 1 << 16, disk, new SimMachine(disk, wallMillis, random));
  }

  @Override
  public Start open(long now) {
    disk.begin(now);
    var opened = LogFiles.open(SimDisk.DIRECTORY, serverId, options);
    files = Optional.of(opened);
    return new Start(
        disk.clock(),
        opened.incarnation(),
        opened.life(),
        opened.recovered(),
        new StartState(opened.recoveredStore(), opened.recoveredSnapshotBytes()),
        opened.cutBytes());
  }

  @Override
  public Saved save(long now, Snapshot snapshot, Image image) throws IOException {
    disk.begin(now);
    var saved = files.orElseThrow().snapshots().save(snapshot, image);
    return new Saved(disk.clock(), saved.bytes(), saved.oldestIndex());
  }

  @Override
  public Optional<Copy> newest(long now) throws IOException {
    disk.begin(now);
    try (var source = files.orElseThrow().snapshots().newest().orElse(null)) {
      if (source == null) {
        return Optional.empty();
      }
      var file = ByteBuffer.allocate((int) source.bytes());
      source.read(file, 0);
      return Optional.of(new Copy(source.snapshot(), Bytes.wrap(file.array())));
    }
  }

  /** In two pieces, as over a network. */
  @Override
  public Received receive(long now, Copy copy) throws IOException {
    disk.begin(now);
    var id = copy.snapshot().id();
    int bytes = copy.file().length();
    try (var sink = files.orElseThrow().snapshots().receive(id, bytes)) {
      int from = (int) sink.received();
      int middle = (from + bytes) / 2;
      sink.write(copy.file().slice(from, middle - from).toByteBuffer(), from);
      sink.write(copy.file().slice(middle, bytes - middle).toByteBuffer(), middle);
      var loaded = sink.finish();
      return new Received(disk.clock(), loaded.store(), loaded.bytes());
    }
  }

  @Override
  public long dropLogUpTo(long now, long index) throws IOException {
    disk.begin(now);
    files.orElseThrow().dropLogUpTo(index);
    return disk.clock();
  }

  @Override
  public long write(long now, List<LogRecord> records) throws IOException {
    disk.begin(now);
    var log = files.orElseThrow();
    log.gather(records);
    log.flush();
    return disk.clock();
  }

  @Override
  public long forceLife(long now, Life life) throws IOException {
    disk.begin(now);
    files.orElseThrow().forceLife(life);
    return disk.clock();
  }

  @Override
  public long rest(long now) throws IOException {
    disk.begin(now);
    files.orElseThrow().mark();
    return disk.clock();
  }

  @Override
  public void crash(long now, boolean power) {
    files = Optional.empty();
    disk.crash(now, power);
  }

  @Override
  public Optional<Runnable> flipBit() {
    return disk.flipBit();
  }

  @Override
  public Optional<Runnable> loseWrite() {
    return disk.loseWrite();
  }

  @Override
  public Optional<Runnable> copy(long now) {
    disk.begin(now);
    return Optional.of(disk.copy());
  }

  @Override
  public long giveUp(long now, long clusterId) throws IOException {
    disk.begin(now);
    files.orElseThrow().giveUp(clusterId);
    return disk.clock();
  }

  @Override
  public void restore(Snapshot founding, KvStore store) throws IOException {
    BackupFile.restore(founding, store, SimDisk.DIRECTORY, disk);
    disk.beginAnew();
  }

  @Override
  public DiskWeather weather() {
    return weather;
  }

  @Override
  public long operations() {
    return disk.operations();
  }

  @Override
  public long segments() {
    return disk.list(SimDisk.DIRECTORY).stream().filter(name -> name.matches("log-\\d+")).count();
  }
}
