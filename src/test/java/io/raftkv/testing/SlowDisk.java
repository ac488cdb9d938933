package io.raftkv.testing;

import io.raftkv.storage.Disk;
import io.raftkv.storage.RealDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** This machine's disk, as slow, full or broken as a test wants; it knows which files are open. */
public final class SlowDisk implements Disk {
  private final Disk real = new RealDisk();
  private static final long SHORT_BYTES = 1 << 19;

  private final AtomicInteger openings = new AtomicInteger();
  private final AtomicInteger openFiles = new AtomicInteger();
  private volatile boolean isShort;
  private volatile boolean sizesFail;
  private volatile boolean atRestOpened;
  private volatile long forceMillis;
  private volatile CountDownLatch changed = new CountDownLatch(1);

  /** From now on the disk says that it is nearly full, or says the truth again. */
  public void pretendShort(boolean nearlyFull) {
    isShort = nearlyFull;
  }

  /** From now on nobody is told how long a file is. */
  public void failSizes() {
    sizesFail = true;
  }

  /** Whether at least so many files were opened, and all are closed again. */
  public boolean hasClosedAll(int atLeast) {
    return openings.get() >= atLeast && openFiles.get() == 0;
  }

  /** Whether a file at rest was ever opened to be read again. */
  public boolean hasOpenedAtRest() {
    return atRestOpened;
  }

  /** From now on each force takes so much longer, those under way included. */
  public void slowDown(long millis) {
    forceMillis = millis;
    var before = changed;
    changed = new CountDownLatch(1);
    before.countDown();
  }

  private void delay() throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(forceMillis);
    try {
      while (forceMillis > 0 && System.nanoTime() < end) {
        if (changed.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(forceMillis);
        }
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    real.createDirectory(directory);
  }

  @Override
  public boolean isWorldWritable(Path directory) throws IOException {
    return real.isWorldWritable(directory);
  }

  @Override
  public long usableBytes(Path directory) throws IOException {
    return isShort ? SHORT_BYTES : real.usableBytes(directory);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return real.list(directory);
  }

  @Override
  public boolean exists(Path file) throws IOException {
    return real.exists(file);
  }

  @Override
  public File open(Path file) throws IOException {
    return opened(real.open(file));
  }

  @Override
  public Optional<File> openIfThere(Path file) throws IOException {
    var found = real.openIfThere(file).map(this::opened);
    if (found.isPresent()) {
      atRestOpened = true;
    }
    return found;
  }

  private File opened(File file) {
    openFiles.incrementAndGet();
    openings.incrementAndGet();
    return new SlowFile(file);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    real.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    real.delete(file);
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    real.forceDirectory(directory);
  }

  @Override
  public Optional<Closeable> lock(Path file) throws IOException {
    return real.lock(file);
  }

  private final class SlowFile implements File {
    private final AtomicBoolean closed = new AtomicBoolean();
    private final File file;

    SlowFile(File file) {
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      if (sizesFail) {
        throw new IOException("Input/output error");
      }
      return file.size();
    }

    @Override
    public void read(ByteBuffer target, long position) throws IOException {
      file.read(target, position);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      file.write(source, position);
    }

    @Override
    public void force() throws IOException {
      delay();
      file.force();
    }

    @Override
    public void close() throws IOException {
      if (closed.compareAndSet(false, true)) {
        openFiles.decrementAndGet();
      }
      file.close();
    }
  }
}
