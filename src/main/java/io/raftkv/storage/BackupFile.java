package io.raftkv.storage;

import io.raftkv.kv.KvStore;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/** A snapshot file outside of a server's folder: a backup of a whole cluster's state. */
public final class BackupFile {
  /** Lies in a server's folder for as long as a backup is restored into it. */
  static final String RESTORING = "restoring";

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

  /** Whether there is nothing in a server's folder but what a restore that was cut off left. */
  public static boolean isFree(Path directory) throws IOException {
    return !Files.isDirectory(directory) || isFree(contents(directory, new UntouchedDisk()));
  }

  private static boolean isFree(List<String> names) {
    return names.isEmpty()
        || (names.contains(RESTORING) && names.stream().allMatch(BackupFile::isOfRestore));
  }

  private static boolean isOfRestore(String name) {
    return name.equals(RESTORING)
        || name.equals(SnapshotName.TEMPORARY)
        || SnapshotName.isSnapshot(name);
  }

  private static List<String> contents(Path directory, Disk disk) throws IOException {
    return disk.list(directory).stream().filter(name -> !name.equals(DataDirectory.LOCK)).toList();
  }

  /**
   * Makes the state of a backup what a new cluster starts from. The server belongs to that cluster
   * and no other: it forms it together with others that are empty, and these get the state from it;
   * of one that was formed without it, it takes nothing. If this is cut off, it can be done again,
   * and no server starts from what is there.
   *
   * @param directory of the server; it must be free
   * @throws StorageFailure if it holds anything, or cannot be used
   */
  public static Content restore(Path file, Path directory) throws IOException {
    var loaded = load(file);
    restore(loaded, directory, new RealDisk());
    return content(loaded);
  }

  static void restore(SnapshotFiles.Loaded loaded, Path directory, Disk disk) throws IOException {
    var founding = Configuration.founding(newClusterId());
    restore(new Snapshot(loaded.snapshot().id(), founding), loaded.store(), directory, disk);
  }

  /**
   * The same with a state that is in memory already.
   *
   * @param founding the state's name, and the cluster that is to begin with it
   */
  public static void restore(Snapshot founding, KvStore store, Path directory, Disk disk)
      throws IOException {
    disk.createDirectory(directory);
    try (var lock = disk.lock(directory.resolve(DataDirectory.LOCK)).orElse(null)) {
      if (lock == null) {
        throw StorageFailure.locked(directory);
      }
      begin(directory, disk);
      new SnapshotFiles(directory, StorageOptions.DEFAULTS.withDisk(disk))
          .save(founding, store.freeze());
      disk.delete(directory.resolve(RESTORING));
      disk.forceDirectory(directory);
    }
  }

  private static long newClusterId() {
    return new SecureRandom().nextLong() | 1;
  }

  /** What lies here from now on is not all that there should be. */
  private static void begin(Path directory, Disk disk) throws IOException {
    var names = contents(directory, disk);
    if (!isFree(names)) {
      throw StorageFailure.notEmpty(directory);
    }
    disk.open(directory.resolve(RESTORING)).close();
    disk.forceDirectory(directory);
    for (var name : names) {
      if (!name.equals(RESTORING)) {
        disk.delete(directory.resolve(name));
      }
    }
  }
}
