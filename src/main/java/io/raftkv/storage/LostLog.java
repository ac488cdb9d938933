package io.raftkv.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a log that has lost its end: its server has forgotten what it promised there, and
 * must never vote or count again as who it was. All its files get other names, and it begins as
 * another incarnation, which knows only to which cluster it belongs: so it forms no new one, and
 * gets its seat back when it has caught up.
 */
final class LostLog {
  private static final Logger LOG = LoggerFactory.getLogger(LostLog.class);
  private static final Pattern MARKER = Pattern.compile("lost-[0-9a-f]{16}");
  private static final int BYTES = 12;

  private LostLog() {}

  /** Whether a file of this name was set aside. */
  static boolean isSetAside(String name) {
    int end = name.lastIndexOf('.');
    return end > 0 && MARKER.matcher(name.substring(end + 1)).matches();
  }

  /**
   * Sets the log aside, so that what goes wrong in the middle is gone on with at the next start:
   * the cluster is noted first, then the files go from the newest to the oldest, the identity last.
   */
  static void setAside(Path directory, int serverId, StorageOptions options, StorageFailure why)
      throws IOException {
    var disk = options.disk();
    try (var locked = DataDirectory.open(directory, serverId, options)) {
      var marker = marker(locked.identity().incarnation());
      LOG.error(
          "{}: what it promised does not hold any more, so its files are set aside as *.{}, and it"
              + " joins its cluster as a new server",
          why.what(),
          marker);
      note(directory.resolve(marker), why.lostClusterId(), disk);
      disk.forceDirectory(directory);
      for (var name : files(disk.list(directory))) {
        disk.rename(directory.resolve(name), directory.resolve(name + "." + marker));
        disk.forceDirectory(directory);
      }
    }
  }

  /**
   * Notes that this incarnation is over, whatever its log says; the rest is done at the next start,
   * before anything of it is read.
   */
  static void giveUp(DataDirectory directory, long clusterId, Disk disk) throws IOException {
    note(directory.path().resolve(marker(directory.identity().incarnation())), clusterId, disk);
    disk.forceDirectory(directory.path());
  }

  /** Throws if this incarnation is over, and its files wait to be set aside. */
  static void checkNotGivenUp(DataDirectory directory, Disk disk) throws IOException {
    var marker = directory.path().resolve(marker(directory.identity().incarnation()));
    if (disk.exists(marker)) {
      var clusterId = read(marker, disk);
      if (clusterId.isPresent()) {
        throw StorageFailure.givenUp(directory.path(), clusterId.getAsLong());
      }
    }
  }

  /** Whether a file of this name is the note that a server's files were set aside. */
  static boolean isNote(String name) {
    return MARKER.matcher(name).matches();
  }

  /** What a note says, for people. */
  static String describe(Path note, Disk disk) throws IOException {
    var incarnation = String.valueOf(note.getFileName()).substring("lost-".length());
    var clusterId = read(note, disk);
    return "note that incarnation %x of this server is over, %s"
        .formatted(
            Long.parseUnsignedLong(incarnation, 16),
            clusterId.isPresent()
                ? "and that it belongs to cluster " + Long.toHexString(clusterId.getAsLong())
                : "not written to its end, or damaged");
  }

  private static List<String> files(List<String> all) {
    var logAndSnapshots =
        all.stream()
            .filter(name -> SegmentName.isSegment(name) || SnapshotName.isSnapshot(name))
            .sorted(Comparator.reverseOrder())
            .sorted(Comparator.comparing(SnapshotName::isSnapshot));
    return Stream.concat(logAndSnapshots, Stream.of(DirectoryIdentity.FILE)).toList();
  }

  private static void note(Path marker, long clusterId, Disk disk) throws IOException {
    var bytes = ByteBuffer.allocate(BYTES).putLong(clusterId);
    try (var file = disk.open(marker)) {
      file.write(bytes.putInt(checksum(clusterId)).flip(), 0);
      ForceFailure.guard(file::force);
    }
  }

  private static int checksum(long clusterId) {
    var crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(clusterId).flip());
    return (int) crc.getValue();
  }

  /**
   * The cluster of a server whose log was set aside here, if that is so. Any note will do; one of
   * the incarnation that still is may be unfinished, since nothing was set aside before it was.
   */
  static OptionalLong clusterId(DataDirectory directory, Disk disk) throws IOException {
    var own = marker(directory.identity().incarnation());
    Optional<Path> damaged = Optional.empty();
    for (var name : disk.list(directory.path())) {
      if (isNote(name)) {
        var marker = directory.path().resolve(name);
        var known = read(marker, disk);
        if (known.isPresent()) {
          return known;
        }
        damaged = name.equals(own) ? damaged : Optional.of(marker);
      }
    }
    if (damaged.isPresent()) {
      throw StorageFailure.damaged(damaged.get(), 0, "it does not say which cluster this is");
    }
    return OptionalLong.empty();
  }

  private static String marker(long incarnation) {
    return "lost-%016x".formatted(incarnation);
  }

  private static OptionalLong read(Path marker, Disk disk) throws IOException {
    try (var file = disk.open(marker)) {
      var bytes = ByteBuffer.allocate(BYTES);
      file.read(bytes, 0);
      bytes.flip();
      long clusterId = bytes.limit() < BYTES ? 0 : bytes.getLong();
      boolean isIntact = clusterId != 0 && bytes.getInt() == checksum(clusterId);
      return isIntact ? OptionalLong.of(clusterId) : OptionalLong.empty();
    }
  }
}
