package io.raftkv.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Deletes what a server has stored, and nothing else. */
public final class OldData {
  private static final Disk DISK = new RealDisk();

  private OldData() {}

  /**
   * Deletes the folder of a server, if it holds the identity file of that server and nobody uses
   * it; must not be called while that server runs in this process.
   *
   * @param say is told in one line what will be deleted, or why it is left
   */
  public static void delete(Path directory, int serverId, Consumer<String> say) {
    try {
      if (Files.isDirectory(directory)) {
        deleteIfOurs(directory, serverId, say);
      }
    } catch (IOException e) {
      throw StorageFailure.disk(directory, e);
    }
  }

  private static void deleteIfOurs(Path directory, int serverId, Consumer<String> say)
      throws IOException {
    if (!Files.isRegularFile(
        directory.resolve(DirectoryIdentity.FILE), LinkOption.NOFOLLOW_LINKS)) {
      say.accept("leaves " + directory + " as it is: it holds no identity file of a server");
      return;
    }
    var lock = DISK.lock(directory.resolve(DataDirectory.LOCK));
    if (lock.isEmpty()) {
      say.accept("leaves " + directory + " as it is: it is in use by another process");
      return;
    }
    try {
      deleteLocked(directory, serverId, say);
    } finally {
      lock.get().close();
    }
  }

  private static void deleteLocked(Path directory, int serverId, Consumer<String> say)
      throws IOException {
    var identity = directory.resolve(DirectoryIdentity.FILE);
    int owner = owner(identity);
    if (owner != serverId) {
      say.accept("leaves " + directory + " as it is: it belongs to server " + owner);
      return;
    }
    say.accept("deletes " + directory + ", the data of server " + serverId);
    var lock = directory.resolve(DataDirectory.LOCK);
    var real = directory.toRealPath();
    Files.walkFileTree(real, new AllBut(real, Set.of(DirectoryIdentity.FILE, DataDirectory.LOCK)));
    Files.delete(identity);
    Files.delete(lock);
    if (!Files.isSymbolicLink(directory)) {
      Files.delete(directory);
    }
  }

  private static int owner(Path identity) throws IOException {
    try (var in = Files.newInputStream(identity)) {
      var bytes = ByteBuffer.wrap(in.readNBytes(DirectoryIdentity.BYTES + 1));
      return DirectoryIdentity.decode(identity, bytes).serverId();
    }
  }

  /**
   * Deletes a folder's contents but for the lock, and the file that says whose they are: if this is
   * cut short, it can be done again.
   */
  private static final class AllBut extends SimpleFileVisitor<Path> {
    private final Path directory;
    private final Set<Path> kept;

    AllBut(Path directory, Set<String> keptNames) {
      this.directory = directory;
      this.kept = keptNames.stream().map(directory::resolve).collect(Collectors.toSet());
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, IOException failure)
        throws IOException {
      if (!visited.equals(directory)) {
        Files.delete(visited);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!kept.contains(file)) {
        Files.delete(file);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
