package io.raftkv.sim;

import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import io.raftkv.storage.LogFiles;
import io.raftkv.storage.StorageOptions;
import java.io.IOException;
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
        disk.clock(), opened.incarnation(), opened.life(), opened.recovered(), opened.cutBytes());
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
  public DiskWeather weather() {
    return weather;
  }

  @Override
  public long operations() {
    return disk.operations();
  }

  @Override
  public long segments() {
    return disk.list(SimDisk.DIRECTORY).stream().filter(name -> name.startsWith("log-")).count();
  }
}
