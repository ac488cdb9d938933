package io.raftkv.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the files at rest again, so that a byte that went bad on the disk is found while the server
 * still has what it needs to replace it, and not when that file is needed. A pass reads every
 * snapshot, then every log file but the newest, which is being written.
 *
 * <p>A file counts as damaged if it is read twice, opened anew, and is wrong in the same way both
 * times; one that is deleted or renamed meanwhile does not. A damaged snapshot is set aside; a
 * damaged log file is neither changed nor deleted, since it is in nobody's way before the next
 * start.
 *
 * <p>Nothing here is thread-safe: one worker at a time, which may take a while.
 */
public final class Scrub {
  private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);

  private final Path directory;
  private final long incarnation;
  private final SnapshotFiles snapshots;
  private final Disk disk;
  private final ScrubPace pace;
  private final ByteBuffer window = ByteBuffer.allocateDirect(SegmentCheck.WINDOW_BYTES);
  private final Deque<Path> left = new ArrayDeque<>();
  private Optional<Open> current = Optional.empty();
  private Optional<Damage> doubt = Optional.empty();
  private boolean isPassOpen;
  private boolean closed;
  private int files;
  private long bytes;
  private long stepEnd;

  /**
   * A file that was found damaged.
   *
   * @param isLog whether it is a log file, which stays; a snapshot is set aside by now
   * @param what one line: which file, what is wrong with it, and from which byte on
   */
  public record Damage(Path file, boolean isLog, String what) {}

  /**
   * What a step came to.
   *
   * @param isPassDone whether all files were read: the next step begins a new pass
   */
  public record Step(boolean isPassDone, Optional<Damage> found) {}

  /** The file that is being read. */
  private record Open(Path path, boolean isLog, Disk.File file, FileCheck check) {}

  Scrub(Path directory, long incarnation, SnapshotFiles snapshots, StorageOptions options) {
    this.directory = directory;
    this.incarnation = incarnation;
    this.snapshots = snapshots;
    disk = options.disk();
    pace = options.scrubPace();
  }

  /** When to call {@link #step}. */
  public ScrubPace pace() {
    return pace;
  }

  /**
   * Reads about {@link ScrubPace#stepBytes} more, or less if something is wrong or the pass ends.
   *
   * @throws IOException if the folder, or a file in it, cannot be opened, or a damaged snapshot
   *     cannot be renamed; the next step goes on with the next file
   */
  public Step step() throws IOException {
    if (!closed && !isPassOpen) {
      beginPass();
    }
    Optional<Damage> found = Optional.empty();
    stepEnd = bytes + pace.stepBytes();
    while (isPassOpen && found.isEmpty() && bytes < stepEnd) {
      if (current.isPresent() || openNext()) {
        found = readOn(current.orElseThrow());
      } else {
        endPass();
      }
    }
    return new Step(!isPassOpen, found);
  }

  private void beginPass() throws IOException {
    var names = disk.list(directory);
    names.stream().filter(SnapshotName::isSnapshot).forEach(this::add);
    var log = names.stream().filter(SegmentName::isSegment).toList();
    log.stream().limit(Math.max(0, log.size() - 1)).forEach(this::add);
    files = left.size();
    bytes = 0;
    isPassOpen = true;
  }

  private void add(String name) {
    left.add(directory.resolve(name));
  }

  private void endPass() {
    isPassOpen = false;
    if (files > 0) {
      LOG.info("read {} files at rest in {} again, {} bytes", files, directory, bytes);
    }
  }

  /** Opens the next file that is still there; returns false if there is none. */
  private boolean openNext() throws IOException {
    while (current.isEmpty() && !left.isEmpty()) {
      var path = left.remove();
      current = disk.openIfThere(path).map(file -> opened(path, file));
    }
    return current.isPresent();
  }

  private Open opened(Path path, Disk.File file) {
    var name = String.valueOf(path.getFileName());
    return SegmentName.isSegment(name)
        ? new Open(path, true, file, new SegmentCheck(path, file, disk, incarnation, window))
        : new Open(path, false, file, new SnapshotCheck(file, SnapshotName.index(name)));
  }

  private Optional<Damage> readOn(Open open) throws IOException {
    try {
      int read = open.check().readOn();
      bytes += read;
      if (read == 0) {
        takeDoubt(open).ifPresent(was -> LOG.warn("{}; read again, it is intact", was.what()));
        leave();
      }
      return Optional.empty();
    } catch (BadSnapshot damage) {
      return damage.newerFormat() > 0 ? skip() : judge(open, at(open) + damage.getMessage());
    } catch (StorageFailure damage) {
      return judge(open, damage.what());
    } catch (IOException failure) {
      return judge(open, at(open) + "at byte " + open.check().position() + ": " + failure);
    }
  }

  private static String at(Open open) {
    return "damaged data: " + open.path() + ": ";
  }

  /** What a later program wrote is not for this one to judge. */
  private Optional<Damage> skip() {
    leave();
    return Optional.empty();
  }

  /** The first time the file is read again, in the next step; what is the same then is damage. */
  private Optional<Damage> judge(Open open, String what) throws IOException {
    leave();
    var damage = new Damage(open.path(), open.isLog(), what);
    var before = takeDoubt(open);
    if (before.isEmpty()) {
      doubt = Optional.of(damage);
      left.addFirst(open.path());
      stepEnd = bytes;
      return Optional.empty();
    }
    if (!before.get().equals(damage)) {
      LOG.warn("{}; read again: {}", before.get().what(), what);
      return Optional.empty();
    }
    if (!disk.exists(damage.file())) {
      return Optional.empty();
    }
    if (!damage.isLog()) {
      LOG.error("{}", damage.what());
      snapshots.setAside(List.of(damage.file()));
    }
    return Optional.of(damage);
  }

  /** What the first look at this file found, if this is the second. */
  private Optional<Damage> takeDoubt(Open open) {
    var taken = doubt.filter(damage -> damage.file().equals(open.path()));
    doubt = Optional.empty();
    return taken;
  }

  private void leave() {
    current.ifPresent(Scrub::close);
    current = Optional.empty();
  }

  private static void close(Open open) {
    try {
      open.file().close();
    } catch (IOException e) {
      LOG.warn("{} was not closed: {}", open.path(), e.toString());
    }
  }

  /** Lets go of the file that is being read; nothing is read any more. */
  void close() {
    leave();
    closed = true;
    isPassOpen = false;
  }
}
