package io.raftkv.storage;

import io.raftkv.base.ExitStatus;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What lies in a server's folder, file by file, and what a start of the server would make of it.
 * Nothing is changed.
 */
public final class Inspection {
  /** Whose folder this is cannot be told without an identity, and does not matter. */
  private static final int UNKNOWN_SERVER = 0;

  private final Path directory;
  private final Disk disk = new UntouchedDisk();
  private final List<String> lines = new ArrayList<>();
  private final Set<String> damaged = new HashSet<>();
  private ExitStatus status = ExitStatus.STOPPED;

  /**
   * What was found.
   *
   * @param lines for people
   * @param status 0 if all is as it was written, else why not
   */
  public record Report(List<String> lines, ExitStatus status) {
    public Report {
      lines = List.copyOf(lines);
    }
  }

  private Inspection(Path directory) {
    this.directory = directory;
  }

  /** Whether anything in this folder is a server's, if not all that should be there. */
  public static boolean isDataDirectory(Path directory) throws IOException {
    return Files.isDirectory(directory)
        && new UntouchedDisk().list(directory).stream().anyMatch(Inspection::isOfServer);
  }

  private static boolean isOfServer(String name) {
    return name.equals(DirectoryIdentity.FILE)
        || name.equals(BackupFile.RESTORING)
        || SegmentName.isSegment(name)
        || SnapshotName.isSnapshot(name)
        || LostLog.isNote(name);
  }

  /** Reads everything in the folder. */
  public static Report of(Path directory) throws IOException {
    var inspection = new Inspection(directory);
    inspection.run();
    return new Report(inspection.lines, inspection.status);
  }

  private void run() throws IOException {
    boolean hasIdentity = disk.exists(directory.resolve(DirectoryIdentity.FILE));
    var identity = hasIdentity ? identity() : Optional.<DirectoryIdentity>empty();
    for (var name : disk.list(directory)) {
      var file = directory.resolve(name);
      if (SegmentName.isSegment(name)) {
        look(name, () -> segment(file));
      } else if (SnapshotName.isSnapshot(name)) {
        look(name, () -> snapshot(file));
      } else if (LostLog.isNote(name)) {
        look(name, () -> LostLog.describe(file, disk));
      } else if (name.endsWith(SnapshotName.SET_ASIDE)) {
        lines.add(name + "  set aside: it was not as it had been written");
      } else if (LostLog.isSetAside(name)) {
        lines.add(name + "  set aside: it is of an incarnation that is over; nothing reads it");
      }
    }
    if (identity.isPresent() || !hasIdentity) {
      int serverId = identity.map(DirectoryIdentity::serverId).orElse(UNKNOWN_SERVER);
      look("a start", () -> start(serverId), this::startText);
    }
  }

  /** Something that may turn out to be damaged. */
  private interface Look {
    String take() throws IOException;
  }

  private void look(String name, Look look) throws IOException {
    look(name, look, StorageFailure::what);
  }

  private void look(String name, Look look, Function<StorageFailure, String> text)
      throws IOException {
    try {
      lines.add(name + "  " + look.take());
    } catch (StorageFailure damage) {
      bad(name, damage.status(), text.apply(damage));
      damaged.add(damage.what());
    } catch (BadSnapshot | IllegalArgumentException damage) {
      bad(name, ExitStatus.DAMAGED, "damaged data: " + damage.getMessage());
    }
  }

  /** What was said of a file is not said again. */
  private String startText(StorageFailure damage) {
    var what = damaged.contains(damage.what()) ? "would stop at that" : damage.what();
    return damage.lostClusterId() == 0
        ? what + damage.remedy()
        : "%s; a start would set the files aside and join cluster %x as a new server"
            .formatted(what, damage.lostClusterId());
  }

  private void bad(String name, ExitStatus why, String text) {
    lines.add(name + "  " + text);
    if (status == ExitStatus.STOPPED) {
      status = why;
    }
  }

  private Optional<DirectoryIdentity> identity() throws IOException {
    var found = new ArrayList<DirectoryIdentity>();
    look(
        DirectoryIdentity.FILE,
        () -> {
          var identity = DataDirectory.read(directory.resolve(DirectoryIdentity.FILE), disk);
          found.add(identity);
          return "server %d, incarnation %x, life %d, newest log file %d"
              .formatted(
                  identity.serverId(),
                  identity.incarnation(),
                  identity.life().number(),
                  identity.newestSegment());
        });
    return found.stream().findFirst();
  }

  private String segment(Path file) throws IOException {
    try (var open = disk.open(file)) {
      var bytes = ByteBuffer.allocate((int) open.size());
      open.read(bytes, 0);
      var reader = new SegmentReader(file, bytes.flip());
      var fold = reader.header().state().fold();
      reader.read(fold);
      int torn = reader.garbageEnd() - reader.position();
      return "%d bytes, %s, %d batches up to byte %d%s, then %s"
          .formatted(
              bytes.limit(),
              entries(fold.before() + 1, fold.lastIndex()),
              reader.end().batches() - reader.header().batches(),
              reader.position(),
              reader.end().marked() ? ", marked as forced" : "",
              torn > 0 ? torn + " bytes of a write that did not end" : "zeros");
    }
  }

  private static String entries(long first, long last) {
    return last < first ? "no entries" : "entries " + first + " to " + last;
  }

  private String snapshot(Path file) throws IOException {
    var loaded = SnapshotFiles.read(file, disk);
    var id = loaded.snapshot().id();
    return "of entry %d, term %d: %d keys, %d bytes, digest %016x"
        .formatted(
            id.index(), id.term(), loaded.store().size(), loaded.bytes(), loaded.store().digest());
  }

  private static long lastIndex(PersistentState state) {
    var entries = state.entries();
    return entries.isEmpty()
        ? state.snapshot().map(known -> known.id().index()).orElse(0L)
        : entries.get(entries.size() - 1).index();
  }

  /** The real recovery, on a disk that forgets what is written. */
  private String start(int serverId) throws IOException {
    var options = StorageOptions.DEFAULTS.withDisk(disk);
    try (var opened = DataDirectory.open(directory, serverId, options)) {
      LostLog.checkNotGivenUp(opened, disk);
      var damaged = new ArrayList<Path>();
      var snapshot = new SnapshotFiles(directory, options).load(damaged);
      var noSpace = new NoSpace(directory, options);
      var result = new Recovery(opened, snapshot, disk, noSpace).run();
      var state = result.state();
      return "would begin in term %d, %s, %s%s"
          .formatted(
              state.term(),
              cluster(state),
              "up to entry " + lastIndex(state),
              result.cutBytes() > 0 ? ", and cut " + result.cutBytes() + " bytes" : "");
    }
  }

  private static String cluster(PersistentState state) {
    var clusterId = Long.toHexString(state.clusterId());
    boolean isOfBackup =
        state.entries().isEmpty()
            && state.snapshot().map(known -> known.configuration().isFounding()).orElse(false);
    if (isOfBackup) {
      return "with the state of a backup, from which cluster %s is to be formed"
          .formatted(clusterId);
    }
    return state.clusterId() == 0 ? "in no cluster" : "in cluster " + clusterId;
  }
}
