package io.raftkv.sim;

import io.raftkv.storage.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The disk of one server in virtual time. Each operation takes some; at a crash, whatever was not
 * yet begun never happened, what was under way happened in part, and what was not forced may be
 * lost in any part of it if the machine died, or is remembered by the system if only the process
 * did.
 */
final class SimDisk implements Disk {
  static final Path DIRECTORY = Path.of("data");

  private static final int OPERATION_MICROS = 10;
  private static final int BYTES_PER_MICRO = 1_000;

  private final RandomGenerator random;
  private final DiskWeather weather;
  private final List<Operation> underWay = new ArrayList<>();
  private Map<String, SimFile> names = new TreeMap<>();
  private Map<String, SimFile> forcedNames = new TreeMap<>();
  private final List<Operation> unforcedNames = new ArrayList<>();
  private long clock;
  private long operations;

  /** What an operation does to the disk when it is through. */
  private interface Effect {
    void happen();
  }

  /** An operation with its time, what it does when done and, if it can, when done in part. */
  private record Operation(long begin, long end, Effect done, Effect partly) {}

  SimDisk(DiskWeather weather, RandomGenerator random) {
    this.weather = weather;
    this.random = random;
  }

  /** The disk is at rest at this time; what was done before is done. */
  void begin(long now) {
    settle(now);
    clock = Math.max(clock, now);
  }

  /** When the last operation is through. */
  long clock() {
    return clock;
  }

  /** How many operations there have been. */
  long operations() {
    return operations;
  }

  /** Lets time pass without an operation. */
  void idle(long micros) {
    clock += micros;
  }

  private void settle(long now) {
    int done = 0;
    while (done < underWay.size() && underWay.get(done).end() <= now) {
      underWay.get(done).done().happen();
      done++;
    }
    underWay.subList(0, done).clear();
  }

  /** The process dies, and with it the machine if {@code power} is lost. */
  void crash(long now, boolean power) {
    settle(now);
    if (!underWay.isEmpty() && underWay.get(0).begin() <= now) {
      underWay.get(0).partly().happen();
    }
    underWay.clear();
    clock = now;
    operations = 0;
    weather.processDied();
    if (power) {
      losePower();
    } else {
      names = new TreeMap<>(forcedNames);
      unforcedNames.forEach(change -> change.done().happen());
    }
    names.values().forEach(file -> file.crash(power ? Optional.of(random) : Optional.empty()));
  }

  /** Changes of names survive in their order, as far as they got. */
  private void losePower() {
    names = new TreeMap<>(forcedNames);
    int survive = random.nextInt(unforcedNames.size() + 1);
    unforcedNames.subList(0, survive).forEach(change -> change.done().happen());
    unforcedNames.clear();
    forcedNames = new TreeMap<>(names);
  }

  /**
   * Turns one bit of what is there, more often than not where it matters; to be run to turn it
   * back.
   */
  Optional<Runnable> flipBit() {
    var logs = logs();
    var files = names.values().stream().filter(file -> file.size() > 0).toList();
    if (logs.isEmpty()) {
      return Optional.empty();
    }
    var newest = logs.get(logs.size() - 1);
    var older = logs.get(random.nextInt(logs.size()));
    return Optional.of(
        switch (random.nextInt(4)) {
          case 0, 1 -> flip(newest, 0, newest.used());
          case 2 -> flip(older, Math.max(0, older.used() - 100), older.used());
          default -> {
            var any = files.get(random.nextInt(files.size()));
            yield flip(any, 0, any.size());
          }
        });
  }

  private static boolean isLog(String name) {
    return name.startsWith("log-") && !name.contains(".");
  }

  private List<SimFile> logs() {
    return names.entrySet().stream()
        .filter(file -> isLog(file.getKey()) && file.getValue().used() > 0)
        .map(Map.Entry::getValue)
        .toList();
  }

  private Runnable flip(SimFile file, int from, int to) {
    int bit = 8 * from + random.nextInt(8 * (to - from));
    file.flip(bit);
    return () -> file.flip(bit);
  }

  /**
   * Takes back a write that was forced, though later ones were, too: the disk has lied. Empty if
   * there is none; to be run to make the disk honest again.
   */
  Optional<Runnable> loseWrite() {
    var logs = logs();
    if (logs.isEmpty()) {
      return Optional.empty();
    }
    return random.nextInt(3) == 0 ? loseNewestLog() : logs.get(logs.size() - 1).loseWrite(random);
  }

  private Optional<Runnable> loseNewestLog() {
    var newest = names.keySet().stream().filter(SimDisk::isLog).sorted().toList();
    var name = newest.get(newest.size() - 1);
    var file = names.remove(name);
    forcedNames.remove(name);
    return Optional.of(
        () -> {
          names.put(name, file);
          forcedNames.put(name, file);
        });
  }

  /** Remembers what is durable; to be run, while the server is down, to put that back. */
  Runnable copy() {
    var copies = copies(forcedNames);
    return () -> {
      underWay.clear();
      unforcedNames.clear();
      names = copies(copies);
      forcedNames = new TreeMap<>(names);
    };
  }

  private static Map<String, SimFile> copies(Map<String, SimFile> files) {
    var copies = new TreeMap<String, SimFile>();
    files.forEach((name, file) -> copies.put(name, file.copyOfForced()));
    return copies;
  }

  /** What was done so far was done before the world began. */
  void beginAnew() {
    settle(clock);
    clock = 0;
    operations = 0;
  }

  private void operate(long micros, Effect done, Effect partly) throws IOException {
    operations++;
    weather.checkFailure(operations);
    long begin = clock;
    clock = weather.end(operations, begin, micros);
    underWay.add(new Operation(begin, clock, done, partly));
  }

  /** A change of names takes place at once for the process, and for good when it is forced. */
  private void rename(Effect change) throws IOException {
    var operation = new Operation(0, 0, change, change);
    operate(
        OPERATION_MICROS,
        () -> unforcedNames.add(operation),
        () -> {
          if (random.nextBoolean()) {
            unforcedNames.add(operation);
          }
        });
    change.happen();
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  @Override
  public void createDirectory(Path directory) {}

  @Override
  public boolean isWorldWritable(Path directory) {
    return false;
  }

  @Override
  public long usableBytes(Path directory) {
    return Long.MAX_VALUE;
  }

  @Override
  public List<String> list(Path directory) {
    return new ArrayList<>(names.keySet());
  }

  @Override
  public boolean exists(Path file) {
    return names.containsKey(name(file));
  }

  @Override
  public File open(Path path) throws IOException {
    var found = names.get(name(path));
    if (found != null) {
      return new OpenFile(found);
    }
    var created = new SimFile();
    rename(() -> names.put(name(path), created));
    return new OpenFile(created);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    rename(
        () -> {
          var moved = names.remove(name(from));
          if (moved != null) {
            names.put(name(to), moved);
          }
        });
  }

  @Override
  public void delete(Path file) throws IOException {
    rename(() -> names.remove(name(file)));
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    operate(weather.forceMicros(), this::namesForced, () -> {});
  }

  private void namesForced() {
    var view = names;
    names = forcedNames;
    unforcedNames.forEach(change -> change.done().happen());
    unforcedNames.clear();
    names = view;
  }

  @Override
  public Optional<Closeable> lock(Path file) {
    return Optional.of(() -> {});
  }

  private final class OpenFile implements File {
    private final SimFile file;

    OpenFile(SimFile file) {
      this.file = file;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void read(ByteBuffer target, long position) {
      file.read(target, (int) position);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      int bytes = source.remaining();
      weather.checkRoom(clock, position + bytes > file.size());
      var content = new byte[bytes];
      source.get(content);
      operate(
          OPERATION_MICROS + bytes / BYTES_PER_MICRO,
          () -> file.written((int) position, content),
          () -> file.written((int) position, Arrays.copyOf(content, random.nextInt(bytes + 1))));
      file.write((int) position, content);
    }

    @Override
    public void force() throws IOException {
      operate(weather.forceMicros(), file::forced, () -> {});
    }

    @Override
    public void close() {}
  }
}
