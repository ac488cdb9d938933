package io.raftkv.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The disk of this machine to look at: whatever would change it does nothing, so that a start can
 * be tried without one. It takes no locks, and so may see a server in the middle of a write.
 */
final class UntouchedDisk implements Disk {
  private static final Disk REAL = new RealDisk();

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
  public List<String> list(Path directory) throws IOException {
    return REAL.list(directory);
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public File open(Path file) throws IOException {
    return new Untouched(new RealDisk.RealFile(FileChannel.open(file, StandardOpenOption.READ)));
  }

  @Override
  public void rename(Path from, Path to) {}

  @Override
  public void delete(Path file) {}

  @Override
  public void forceDirectory(Path directory) {}

  @Override
  public Optional<Closeable> lock(Path file) {
    return Optional.of(() -> {});
  }

  private record Untouched(RealDisk.RealFile file) implements File {
    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void read(ByteBuffer target, long position) throws IOException {
      file.read(target, position);
    }

    @Override
    public void write(ByteBuffer source, long position) {}

    @Override
    public void force() {}

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
