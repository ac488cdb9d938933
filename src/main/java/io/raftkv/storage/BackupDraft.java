package io.raftkv.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * A backup that is being written, for its owner alone. It has a name that nobody else uses until
 * all of it is there, durable and read back; if that does not come about, nothing of it stays.
 */
public final class BackupDraft implements Closeable {
  private final Path file;
  private final Path folder;
  private final Path draft;
  private final Disk disk;
  private final Disk.File open;
  private long written;
  private boolean renamed;

  BackupDraft(Path file, Disk disk) throws IOException {
    this.file = file.toAbsolutePath();
    this.disk = disk;
    var parent = this.file.getParent();
    if (parent == null || !disk.exists(parent)) {
      throw new NotDirectoryException(String.valueOf(parent));
    }
    folder = parent;
    long random = new SecureRandom().nextLong();
    draft = folder.resolve("%s.%016x.part".formatted(this.file.getFileName(), random));
    open = disk.open(draft);
  }

  /**
   * Begins; a program that is ended in the middle leaves nothing behind, one that is killed may.
   */
  public static BackupDraft begin(Path file) throws IOException {
    var begun = new BackupDraft(file, new RealDisk());
    begun.draft.toFile().deleteOnExit();
    return begun;
  }

  /** Adds bytes behind those before. */
  public void write(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    open.write(bytes, written);
    written += count;
  }

  /**
   * Makes it durable, reads it from its first byte to its last and gives it its name.
   *
   * @throws BadSnapshot if it is not as it was written
   * @throws FileAlreadyExistsException if somebody has made a file of that name meanwhile
   */
  public BackupFile.Content finish() throws IOException {
    open.force();
    var content = BackupFile.content(SnapshotFiles.read(draft, disk));
    if (disk.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    disk.rename(draft, file);
    renamed = true;
    try {
      disk.forceDirectory(folder);
    } catch (IOException failure) {
      disk.delete(file);
      throw failure;
    }
    return content;
  }

  @Override
  public void close() throws IOException {
    open.close();
    if (!renamed) {
      disk.delete(draft);
    }
  }
}
