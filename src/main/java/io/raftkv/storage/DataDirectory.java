package io.raftkv.storage;

import io.raftkv.kv.Life;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** One server's folder: its lock, and the identity of what is in it. */
final class DataDirectory implements Closeable {
  static final String LOCK = "lock";
  private static final String TEMPORARY_IDENTITY = "identity.tmp";

  private final Path path;
  private final Disk disk;
  private final Machine machine;
  private final Closeable lock;
  private DirectoryIdentity identity;

  private DataDirectory(
      Path path, StorageOptions options, Closeable lock, DirectoryIdentity identity) {
    this.path = path;
    disk = options.disk();
    machine = options.machine();
    this.lock = lock;
    this.identity = identity;
  }

  /**
   * Locks the folder, and makes it if it is not there; changes nothing in it yet. Throws {@link
   * StorageFailure} if it is in use, another server's, or damaged.
   */
  static DataDirectory open(Path path, int serverId, StorageOptions options) throws IOException {
    var disk = options.disk();
    disk.createDirectory(path);
    if (disk.isWorldWritable(path)) {
      throw StorageFailure.exposed(path);
    }
    var lock = disk.lock(path.resolve(LOCK)).orElseThrow(() -> StorageFailure.locked(path));
    try {
      var found = readOrCreate(path, serverId, options);
      if (found.serverId() != serverId) {
        throw StorageFailure.foreign(path, found.serverId(), serverId);
      }
      return new DataDirectory(path, options, lock, found);
    } catch (IOException | RuntimeException failure) {
      lock.close();
      throw failure;
    }
  }

  private static DirectoryIdentity readOrCreate(Path path, int serverId, StorageOptions options)
      throws IOException {
    var disk = options.disk();
    if (disk.exists(path.resolve(BackupFile.RESTORING))) {
      throw StorageFailure.halfRestored(path);
    }
    var file = path.resolve(DirectoryIdentity.FILE);
    if (disk.exists(file)) {
      return read(file, disk);
    }
    if (disk.list(path).stream().anyMatch(SegmentName::isSegment)) {
      throw StorageFailure.damaged(file, 0, "the file is missing, but there is a log");
    }
    forceName(path, disk);
    long incarnation = options.machine().randomBits();
    return new DirectoryIdentity(serverId, incarnation == 0 ? 1 : incarnation, Life.NONE, 0);
  }

  /** A folder whose name is lost is lost with all that it holds. */
  private static void forceName(Path path, Disk disk) throws IOException {
    var parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      disk.forceDirectory(parent);
    }
  }

  /** What an identity file says. */
  static DirectoryIdentity read(Path file, Disk disk) throws IOException {
    try (var open = disk.open(file)) {
      var buffer = ByteBuffer.allocate((int) Math.min(open.size(), DirectoryIdentity.BYTES + 1));
      open.read(buffer, 0);
      return DirectoryIdentity.decode(file, buffer.flip());
    }
  }

  /**
   * Begins a new life of the server.
   *
   * @param newestSegment the newest log file that was found. The last life may have died before it
   *     noted the file; what this one writes there must be missed if the file gets lost
   */
  void beginLife(long newestSegment) throws IOException {
    save(identity.with(next(identity.life())).withNewestSegment(newestSegment));
  }

  /** A number beyond the last life's, and beyond those that a lost disk may have used. */
  private Life next(Life last) {
    long number = Math.max(last.number() + 1, machine.wallMillis());
    return new Life(number, machine.randomBits());
  }

  Path path() {
    return path;
  }

  DirectoryIdentity identity() {
    return identity;
  }

  /** Replaces the identity file, in one step. */
  void save(DirectoryIdentity changed) throws IOException {
    var temporary = path.resolve(TEMPORARY_IDENTITY);
    try (var file = disk.open(temporary)) {
      file.write(changed.encode(), 0);
      ForceFailure.guard(file::force);
    }
    disk.rename(temporary, path.resolve(DirectoryIdentity.FILE));
    ForceFailure.guard(() -> disk.forceDirectory(path));
    identity = changed;
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
