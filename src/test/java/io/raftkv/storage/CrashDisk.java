package io.raftkv.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that keeps apart what was forced and what was not, write by write and name by
 * name, so that every state that a crash may leave can be had from it. Names change in order, and
 * the last of them may be lost; the sectors of writes reach the disk in any order, or not at all.
 */
final class CrashDisk implements Disk {
  static final Path DIRECTORY = Path.of("data");

  private static final int SECTOR = 512;
  private static final int RANDOM_IMAGES = 3;

  /** The files by name: as they were forced, and after each change since; the last is now. */
  private final List<Map<String, Content>> names = new ArrayList<>();

  private final String origin;
  private Watcher watcher = operation -> {};
  private boolean locked;
  private int logReadsEnd = Integer.MAX_VALUE;

  /** What a disk is asked to do that changes something. */
  enum Operation {
    CREATE,
    WRITE,
    FORCE,
    RENAME,
    DELETE,
    FORCE_DIRECTORY
  }

  /** Thrown where the server dies, which is no failure of the disk. */
  static final class Dead extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Hears of each operation before it is done; what it throws is how the operation fails. */
  interface Watcher {
    void before(Operation operation) throws IOException;
  }

  /** Which sectors of which write, counted over all files, have reached the disk. */
  private interface Reached {
    boolean test(int write, int sector);
  }

  /** The bytes of a file; arrays are replaced and never changed, so that disks may share them. */
  private static final class Content {
    byte[] now = new byte[0];
    byte[] forced = new byte[0];
    List<Write> pending = new ArrayList<>();
  }

  /**
   * A write that was not forced.
   *
   * @param forgotten whether a force failed since, so that no later one counts for it
   */
  private record Write(int position, byte[] bytes, boolean forgotten) {
    byte[] on(byte[] content, int number, Reached reached) {
      var result = content.clone();
      int from = 0;
      while (from < bytes.length) {
        int sector = (position + from) / SECTOR;
        int to = Math.min(bytes.length, (sector + 1) * SECTOR - position);
        if (reached.test(number, sector)) {
          if (result.length < position + to) {
            result = Arrays.copyOf(result, position + to);
          }
          System.arraycopy(bytes, from, result, position + from, to - from);
        }
        from = to;
      }
      return result;
    }

    byte[] on(byte[] content) {
      var result = Arrays.copyOf(content, Math.max(content.length, position + bytes.length));
      System.arraycopy(bytes, 0, result, position, bytes.length);
      return result;
    }
  }

  CrashDisk() {
    this("an empty disk");
    names.add(new TreeMap<>());
  }

  private CrashDisk(String origin) {
    this.origin = origin;
  }

  void watch(Watcher newWatcher) {
    watcher = newWatcher;
  }

  /** A read of a log file gets nothing from this offset on. */
  void endReadsOfLogAt(int offset) {
    logReadsEnd = offset;
  }

  private Map<String, Content> now() {
    return names.get(names.size() - 1);
  }

  private Content content(String name) {
    return Optional.ofNullable(now().get(name)).orElseThrow();
  }

  /** A file as it is now; to be looked at only. */
  byte[] bytes(String name) {
    return content(name).now;
  }

  /** Gives a file this content, forced. */
  void put(String name, byte[] bytes) {
    var content = new Content();
    content.now = bytes;
    content.forced = bytes;
    names.forEach(map -> map.put(name, content));
  }

  void remove(String name) {
    names.forEach(map -> map.remove(name));
  }

  List<String> segments() {
    return list(DIRECTORY).stream().filter(SegmentName::isSegment).toList();
  }

  /** What a killed process leaves: everything is there, but what was not forced still is not. */
  CrashDisk afterKill() {
    var left = new CrashDisk("everything that the killed process left");
    var copies = new IdentityHashMap<Content, Content>();
    for (var map : names) {
      var copy = new TreeMap<String, Content>();
      map.forEach(
          (name, content) -> copy.put(name, copies.computeIfAbsent(content, CrashDisk::copy)));
      left.names.add(copy);
    }
    return left;
  }

  private static Content copy(Content content) {
    var copy = new Content();
    copy.now = content.now;
    copy.forced = content.forced;
    copy.pending = new ArrayList<>(content.pending);
    return copy;
  }

  /**
   * The states that a power cut now may leave, for each number of names that got through: without
   * any unforced write, with all, with each alone, with all but each, and with some of their
   * sectors by chance.
   */
  List<CrashDisk> images(RandomGenerator random) {
    var numbers = numberedWrites();
    int writes = numbers.values().stream().mapToInt(List::size).sum();
    var images = new ArrayList<CrashDisk>();
    for (int changes = 0; changes < names.size(); changes++) {
      images.add(image(changes, "no write", numbers, (write, sector) -> false));
      if (writes > 0) {
        images.add(image(changes, "every write", numbers, (write, sector) -> true));
      }
      for (int i = 0; writes > 1 && i < writes; i++) {
        int one = i;
        images.add(image(changes, "write " + i, numbers, (write, sector) -> write == one));
        images.add(image(changes, "all but " + i, numbers, (write, sector) -> write != one));
      }
      for (int i = 0; writes > 0 && i < RANDOM_IMAGES; i++) {
        images.add(image(changes, "sectors " + i, numbers, (w, sector) -> random.nextBoolean()));
      }
    }
    return images;
  }

  /** One of these states, by chance. */
  CrashDisk image(RandomGenerator random) {
    var images = images(random);
    return images.get(random.nextInt(images.size()));
  }

  /** For each file the numbers of its unforced writes. */
  private Map<Content, List<Integer>> numberedWrites() {
    var numbers = new IdentityHashMap<Content, List<Integer>>();
    int next = 0;
    for (var map : names) {
      for (var content : map.values()) {
        if (!numbers.containsKey(content)) {
          var own = new ArrayList<Integer>();
          for (int i = 0; i < content.pending.size(); i++) {
            own.add(next++);
          }
          numbers.put(content, own);
        }
      }
    }
    return numbers;
  }

  private CrashDisk image(
      int changes, String what, Map<Content, List<Integer>> numbers, Reached reached) {
    var image = new CrashDisk(changes + " of " + (names.size() - 1) + " names, " + what);
    image.names.add(new TreeMap<>());
    names
        .get(changes)
        .forEach(
            (name, content) ->
                image.put(name, bytes(content, Optional.of(numbers.get(content)).get(), reached)));
    return image;
  }

  private static byte[] bytes(Content content, List<Integer> numbers, Reached reached) {
    var bytes = content.forced;
    for (int i = 0; i < numbers.size(); i++) {
      bytes = content.pending.get(i).on(bytes, numbers.get(i), reached);
    }
    return bytes;
  }

  @Override
  public String toString() {
    return origin;
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
    return List.copyOf(now().keySet());
  }

  @Override
  public boolean exists(Path file) {
    return now().containsKey(name(file));
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  @Override
  public File open(Path file) throws IOException {
    if (!exists(file)) {
      watcher.before(Operation.CREATE);
      changedNames().put(name(file), new Content());
    }
    int readsEnd = SegmentName.isSegment(name(file)) ? logReadsEnd : Integer.MAX_VALUE;
    return new OpenFile(content(name(file)), readsEnd);
  }

  private Map<String, Content> changedNames() {
    names.add(new TreeMap<>(now()));
    return now();
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    watcher.before(Operation.RENAME);
    var content = content(name(from));
    var changed = changedNames();
    changed.put(name(to), content);
    changed.remove(name(from));
  }

  @Override
  public void delete(Path file) throws IOException {
    watcher.before(Operation.DELETE);
    changedNames().remove(name(file));
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    watcher.before(Operation.FORCE_DIRECTORY);
    names.subList(0, names.size() - 1).clear();
  }

  @Override
  public Optional<Closeable> lock(Path file) {
    if (locked) {
      return Optional.empty();
    }
    locked = true;
    return Optional.of(() -> locked = false);
  }

  private final class OpenFile implements File {
    private final Content content;
    private final int readsEnd;

    OpenFile(Content content, int readsEnd) {
      this.content = content;
      this.readsEnd = readsEnd;
    }

    @Override
    public long size() {
      return content.now.length;
    }

    @Override
    public void read(ByteBuffer target, long position) {
      int count = Math.max(0, Math.min(readsEnd, content.now.length) - (int) position);
      target.put(content.now, (int) position, Math.min(target.remaining(), count));
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      var bytes = new byte[source.remaining()];
      source.get(bytes);
      try {
        watcher.before(Operation.WRITE);
      } catch (IOException e) {
        add(new Write((int) position, Arrays.copyOf(bytes, bytes.length / 2), false));
        throw e;
      }
      add(new Write((int) position, bytes, false));
    }

    private void add(Write write) {
      content.now = write.on(content.now);
      content.pending.add(write);
    }

    @Override
    public void force() throws IOException {
      try {
        watcher.before(Operation.FORCE);
      } catch (Dead dead) {
        throw dead;
      } catch (IOException e) {
        content.pending.replaceAll(write -> new Write(write.position, write.bytes, true));
        throw e;
      }
      for (var write : content.pending) {
        if (!write.forgotten) {
          content.forced = write.on(content.forced);
        }
      }
      content.pending.removeIf(write -> !write.forgotten);
    }

    @Override
    public void close() {}
  }
}
