package io.raftkv.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A disk in memory, for servers with all their threads, that can be told to fail. */
final class MemoryFiles implements Disk {
  static final Path DIRECTORY = Path.of("data");

  private final Map<String, Content> names = new TreeMap<>();
  private final Set<Path> locks = new HashSet<>();
  private Optional<IOException> readFailure = Optional.empty();
  private Optional<Error> forceError = Optional.empty();
  private Optional<IOException> forceFailure = Optional.empty();
  private Optional<IOException> directoryForceFailure = Optional.empty();
  private Optional<IOException> writeFailure = Optional.empty();
  private int forces;
  private int failedWrites;
  private boolean full;
  private long usableBytes = Long.MAX_VALUE;
  private long bytesRead;

  /** The bytes of a file. */
  private static final class Content {
    byte[] now = new byte[0];
  }

  synchronized int forces() {
    return forces;
  }

  synchronized void failForces(IOException failure) {
    forceFailure = Optional.of(failure);
  }

  /** The system takes for written what it could not force. */
  synchronized void forceAgain() {
    forceFailure = Optional.empty();
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

  /** How much was read of all files so far. */
  synchronized long bytesRead() {
    return bytesRead;
  }

  synchronized byte[] bytes(String name) {
    return content(name).now.clone();
  }

  synchronized void put(String name, byte[] bytes) {
    var content = new Content();
    content.now = bytes.clone();
    names.put(name, content);
  }

  synchronized void remove(String name) {
    names.remove(name);
  }

  synchronized List<String> segments() {
    return names.keySet().stream().filter(SegmentName::isSegment).toList();
  }

  /** The same files on a disk of its own. */
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
  public synchronized void createDirectory(Path directory) throws IOException {}

  @Override
  public boolean isWorldWritable(Path directory) {
    return false;
  }

  @Override
  public synchronized long usableBytes(Path directory) {
    return full ? 0 : usableBytes;
  }

  /** There is so much room left from now on. */
  synchronized void leaveRoom(long bytes) {
    usableBytes = bytes;
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
    return new OpenFile(names.computeIfAbsent(name(file), created -> new Content()));
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    names.put(name(to), content(name(from)));
    names.remove(name(from));
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    names.remove(name(file));
  }

  @Override
  public synchronized void forceDirectory(Path directory) throws IOException {
    if (directoryForceFailure.isPresent()) {
      throw directoryForceFailure.get();
    }
  }

  /** From now on no folder can be forced. */
  synchronized void failDirectoryForces(Optional<IOException> failure) {
    directoryForceFailure = failure;
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
        int rest = Math.max(0, content.now.length - (int) position);
        int count = Math.min(target.remaining(), rest);
        bytesRead += count;
        target.put(content.now, (int) position, count);
      }
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      synchronized (MemoryFiles.this) {
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
        forces++;
        if (forceError.isPresent()) {
          throw forceError.get();
        }
        if (forceFailure.isPresent()) {
          throw forceFailure.get();
        }
      }
    }

    @Override
    public void close() {}
  }
}
