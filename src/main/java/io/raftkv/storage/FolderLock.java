package io.raftkv.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The lock of a data directory. A process loses such a lock as soon as it closes <em>any</em>
 * handle of the file, so one that holds it must never open the file again, not even to find it
 * taken: which files are held is known here, for the whole process, and asked first.
 */
final class FolderLock implements Closeable {
  /** The files that this process holds, by what the file system calls them; guards itself. */
  private static final Set<Object> HELD = new HashSet<>();

  /** Handles that must stay open for as long as the process lives; guarded by {@link #HELD}. */
  private static final List<FileChannel> NEVER_CLOSED = new ArrayList<>();

  private final FileChannel channel;
  private final Object key;
  private boolean closed;

  private FolderLock(FileChannel channel, Object key) {
    this.channel = channel;
    this.key = key;
  }

  /**
   * Takes the lock; empty if this process or another has it.
   *
   * @param permissions what the file gets if it has to be made
   */
  static Optional<Closeable> tryLock(Path file, FileAttribute<?> permissions) throws IOException {
    synchronized (HELD) {
      try {
        Files.createFile(file, permissions);
      } catch (FileAlreadyExistsException usual) {
        // Then it is only looked at, not opened.
      }
      var key = key(file);
      return HELD.contains(key) ? Optional.empty() : open(file, key);
    }
  }

  private static Optional<Closeable> open(Path file, Object key) throws IOException {
    var channel = FileChannel.open(file, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null && key(file).equals(key)) {
        HELD.add(key);
        return Optional.of(new FolderLock(channel, key));
      }
    } catch (OverlappingFileLockException copyOfThisClass) {
      NEVER_CLOSED.add(channel);
      return Optional.empty();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }

  private static Object key(Path file) throws IOException {
    var key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    return key == null ? file.toRealPath() : key;
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      if (!closed) {
        closed = true;
        channel.close();
        HELD.remove(key);
      }
    }
  }
}
