package io.raftkv.sim;

import io.raftkv.kv.Life;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.util.ArrayList;
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
  private long lifeNumber;
  private long clock;
  private long operations;

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
    return new Start(clock, incarnation, new Life(lifeNumber, random.nextLong()), fold.state(), 0);
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
