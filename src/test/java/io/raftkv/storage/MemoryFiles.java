package io.raftkv.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that counts its operations, can die at any of them, and then knows what a real
 * one would still hold: what was forced, and whatever part of the rest it likes.
 */
final class MemoryFiles implements Disk {
  static final Path DIRECTORY = Path.of("data");

  private static final int SECTOR = 512;

  private final Map<String, Content> names = new TreeMap<>();
  private final Set<Path> locks = new HashSet<>();
  private Map<String, Content> forcedNames = new TreeMap<>();
  private Optional<IOException> readFailure = Optional.empty();
  private Optional<Error> forceError = Optional.empty();
  private Optional<IOException> forceFailure = Optional.empty();
  private Optional<IOException> writeFailure = Optional.empty();
  private long operationsLeft = Long.MAX_VALUE;
  private int forces;
  private int operations;
  private int failedWrites;
  private boolean full;

  /** The bytes of a file, now and as they were forced. */
  private static final class Content {
    byte[] now = new byte[0];
    byte[] forced = new byte[0];
  }

  /** Thrown by a disk that has died. */
  static final class Dead extends IOException {
    private static final long serialVersionUID = 1L;
  }

  synchronized int forces() {
    return forces;
  }

  synchronized int operations() {
    return operations;
  }

  /** The disk dies at this operation from now. */
  synchronized void dieAfter(long count) {
    operationsLeft = count;
  }

  synchronized void failForces(IOException failure) {
    forceFailure = Optional.of(failure);
  }

  synchronized void failForces(Error error) {
    forceError = Optional.of(error);
  }

  synchronized void failReads(Optional<IOException> failure) {
    readFailure = failure;
  }

  synchronized void failWrites(Optional<IOException> failure) {
    writeFailure = failure;
  }

  /** Whether there is no room left, whatever a failing write says. */
  synchronized void setFull(boolean isFull) {
    full = isFull;
  }

  /** Waits until somebody has met the failure of writes. */
  synchronized void awaitFailedWrite() throws InterruptedException {
    while (failedWrites == 0) {
      wait(10_000);
    }
  }

  private void operate() throws IOException {
    operations++;
    if (operationsLeft-- <= 0) {
      throw new Dead();
    }
  }

  /** What is left after a crash: of what was not forced, each sector is old or new by chance. */
  synchronized MemoryFiles afterCrash(RandomGenerator random) {
    var left = new MemoryFiles();
    boolean namesReached = random.nextBoolean();
    var survivors = namesReached ? names : forcedNames;
    var copies = new HashMap<Content, Content>();
    survivors.forEach(
        (name, content) ->
            left.names.put(name, copies.computeIfAbsent(content, c -> torn(c, random))));
    left.forcedNames = new TreeMap<>(left.names);
    return left;
  }

  /** What a killed process leaves: the system still has everything, forced or not. */
  synchronized MemoryFiles afterKill() {
    var left = new MemoryFiles();
    left.names.putAll(names);
    left.forcedNames = new TreeMap<>(forcedNames);
    return left;
  }

  private static Content torn(Content content, RandomGenerator random) {
    var torn = new Content();
    int mode = random.nextInt(3);
    int size = mode == 0 ? content.forced.length : content.now.length;
    torn.now = new byte[size];
    for (int at = 0; at < size; at += SECTOR) {
      boolean reached = mode == 1 || (mode == 2 && random.nextBoolean());
      var source = reached ? content.now : content.forced;
      int count = Math.max(0, Math.min(SECTOR, Math.min(source.length, size) - at));
      System.arraycopy(source, Math.min(at, source.length), torn.now, at, count);
    }
    torn.forced = torn.now.clone();
    return torn;
  }

  synchronized byte[] bytes(String name) {
    return content(name).now.clone();
  }

  synchronized void put(String name, byte[] bytes) {
    var content = new Content();
    content.now = bytes.clone();
    content.forced = bytes.clone();
    names.put(name, content);
    forcedNames.put(name, content);
  }

  synchronized void remove(String name) {
    names.remove(name);
    forcedNames.remove(name);
  }

  synchronized List<String> segments() {
    return names.keySet().stream().filter(SegmentName::isSegment).toList();
  }

  /** The same files on a disk of its own, all forced. */
  synchronized MemoryFiles copy() {
    var copy = new MemoryFiles();
    names.forEach((name, content) -> copy.put(name, content.now));
    return copy;
  }

  private Content content(String name) {
    return Optional.ofNullable(names.get(name)).orElseThrow();
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  @Override
  public synchronized void createDirectory(Path directory) throws IOException {
    operate();
  }

  @Override
  public boolean isWorldWritable(Path directory) {
    return false;
  }

  @Override
  public synchronized boolean isFull(Path directory) {
    return full;
  }

  @Override
  public synchronized List<String> list(Path directory) {
    return new ArrayList<>(names.keySet());
  }

  @Override
  public synchronized boolean exists(Path file) {
    return names.containsKey(name(file));
  }

  @Override
  public synchronized File open(Path file) throws IOException {
    operate();
    return new OpenFile(names.computeIfAbsent(name(file), created -> new Content()));
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    operate();
    names.put(name(to), content(name(from)));
    names.remove(name(from));
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    operate();
    names.remove(name(file));
  }

  @Override
  public synchronized void forceDirectory(Path directory) throws IOException {
    operate();
    forcedNames = new TreeMap<>(names);
  }

  @Override
  public synchronized Optional<Closeable> lock(Path file) {
    return locks.add(file) ? Optional.of(() -> unlock(file)) : Optional.empty();
  }

  private synchronized void unlock(Path file) {
    locks.remove(file);
  }

  private final class OpenFile implements File {
    private final Content content;

    OpenFile(Content content) {
      this.content = content;
    }

    @Override
    public long size() {
      synchronized (MemoryFiles.this) {
        return content.now.length;
      }
    }

    @Override
    public void read(ByteBuffer target, long position) throws IOException {
      synchronized (MemoryFiles.this) {
        if (readFailure.isPresent()) {
          throw readFailure.get();
        }
        int count = Math.max(0, content.now.length - (int) position);
        target.put(content.now, (int) position, Math.min(target.remaining(), count));
      }
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      synchronized (MemoryFiles.this) {
        operate();
        if (writeFailure.isPresent()) {
          failedWrites++;
          MemoryFiles.this.notifyAll();
          throw writeFailure.get();
        }
        int end = (int) position + source.remaining();
        if (content.now.length < end) {
          content.now = Arrays.copyOf(content.now, end);
        }
        source.get(content.now, (int) position, source.remaining());
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (MemoryFiles.this) {
        operate();
        forces++;
        if (forceError.isPresent()) {
          throw forceError.get();
        }
        if (forceFailure.isPresent()) {
          throw forceFailure.get();
        }
        content.forced = content.now.clone();
      }
    }

    @Override
    public void close() {}
  }
}
