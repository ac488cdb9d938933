package io.raftkv.storage;

import io.raftkv.raft.Configuration;
import io.raftkv.raft.Snapshot;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A snapshot file outside of a server's folder: a backup of a whole cluster's state. */
public final class BackupFile {
  private BackupFile() {}

  /**
   * What a backup holds.
   *
   * @param index up to which entry of the log
   * @param keys how many keys
   * @param bytes the length of the file
   * @param digest a hash of the whole state: equal states have equal ones
   */
  public record Content(long index, int keys, long bytes, long digest) {}

  /**
   * Reads a backup from its first byte to its last.
   *
   * @throws BadSnapshot if it is not as it was written
   */
  public static Content verify(Path file) throws IOException {
    var loaded = load(file);
    return content(loaded);
  }

  static Content content(SnapshotFiles.Loaded loaded) {
    var store = loaded.store();
    return new Content(
        loaded.snapshot().id().index(), store.size(), loaded.bytes(), store.digest());
  }

  private static SnapshotFiles.Loaded load(Path file) throws IOException {
    var disk = new UntouchedDisk();
    if (!disk.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return SnapshotFiles.read(file, disk);
  }

  /**
   * Makes the state of a backup what a new server starts from. The server belongs to no cluster
   * yet: it forms one together with others that are empty, and these get the state from it.
   *
   * @param directory of the server; it must be empty, or not be there
   * @throws StorageFailure if it holds anything, or cannot be used
   */
  public static Content restore(Path file, Path directory) throws IOException {
    var loaded = load(file);
    var disk = new RealDisk();
    disk.createDirectory(directory);
    try (var lock = disk.lock(directory.resolve(DataDirectory.LOCK)).orElse(null)) {
      if (lock == null) {
        throw StorageFailure.locked(directory);
      }
      if (disk.list(directory).stream().anyMatch(name -> !name.equals(DataDirectory.LOCK))) {
        throw StorageFailure.notEmpty(directory);
      }
      var unowned = new Snapshot(loaded.snapshot().id(), Configuration.NONE);
      new SnapshotFiles(directory, StorageOptions.DEFAULTS).save(unowned, loaded.store().freeze());
    }
    return content(loaded);
  }
}
