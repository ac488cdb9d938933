package io.raftkv.storage;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file that is read from the disk itself, not from what the system remembers of it: memory would
 * hide for months that the disk has gone bad. It is for a file that does not change, and for one
 * thread.
 */
final class DirectFile implements Disk.File {
  private static final int WINDOW_BYTES = 1 << 16;

  /** What the system says where it does not offer this, as on a file system in memory. */
  private static final String REFUSED = "Invalid argument";

  private final FileChannel channel;
  private final int alignment;
  private final ByteBuffer window;
  private long windowStart;

  private DirectFile(FileChannel channel, int alignment) {
    this.channel = channel;
    this.alignment = alignment;
    window = aligned(alignment);
  }

  /** Of its own: one that Java 17 makes for a channel and keeps for the next cannot be freed. */
  private static ByteBuffer aligned(int alignment) {
    var larger = ByteBuffer.allocateDirect(WINDOW_BYTES + alignment);
    return larger.alignedSlice(alignment).slice(0, WINDOW_BYTES).limit(0);
  }

  /**
   * Opens a file to be read; empty if that does not work here: the file is not there, its first
   * block cannot be read so, the system does not offer it, or its blocks are larger than the
   * window.
   */
  static Optional<Disk.File> open(Path path) throws IOException {
    try {
      long blockBytes = Files.getFileStore(path).getBlockSize();
      return blockBytes > 0 && WINDOW_BYTES % blockBytes == 0
          ? Optional.of(open(path, (int) blockBytes))
          : Optional.empty();
    } catch (NoSuchFileException | UnsupportedOperationException e) {
      return Optional.empty();
    } catch (IOException failure) {
      if (String.valueOf(failure.getMessage()).contains(REFUSED)) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** Tries a first read, too: not every system that lets a file be opened so lets it be read. */
  private static DirectFile open(Path path, int alignment) throws IOException {
    var channel = FileChannel.open(path, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
    try {
      var file = new DirectFile(channel, alignment);
      file.fill(0);
      return file;
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void read(ByteBuffer target, long position) throws IOException {
    long at = position;
    while (target.hasRemaining() && (holds(at) || fill(at))) {
      int from = (int) (at - windowStart);
      int count = Math.min(target.remaining(), window.limit() - from);
      target.put(window.slice(from, count));
      at += count;
    }
  }

  private boolean holds(long at) {
    return at >= windowStart && at < windowStart + window.limit();
  }

  /** Reads the window that begins with the block of this byte; returns whether it holds it. */
  private boolean fill(long at) throws IOException {
    windowStart = at - at % alignment;
    window.clear();
    channel.read(window, windowStart);
    window.flip();
    return holds(at);
  }

  @Override
  public void write(ByteBuffer source, long position) {
    throw new UnsupportedOperationException("it is only read");
  }

  @Override
  public void force() {
    throw new UnsupportedOperationException("it is only read");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
