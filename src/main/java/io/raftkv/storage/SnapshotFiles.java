package io.raftkv.storage;

import io.raftkv.kv.Image;
import io.raftkv.kv.ImageDecoder;
import io.raftkv.kv.KvStore;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of a server: the two newest, each in a file of its own that is written once and
 * never changed. Every call does its work before it returns, so an event loop leaves it to a
 * worker; only one worker at a time may write, and what is found damaged meanwhile only changes its
 * name.
 */
public final class SnapshotFiles {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotFiles.class);
  private static final int KEPT = 2;

  /** To read a longer one takes so long that it is said before. */
  private static final long SAID_FROM_BYTES = 64 << 20;

  private final Path directory;
  private final Disk disk;

  /** What was written, and the index of the oldest snapshot that is kept beside it. */
  public record Saved(long bytes, long oldestIndex) {}

  /** A snapshot and the state that it holds. */
  public record Loaded(Snapshot snapshot, KvStore store, long bytes) {}

  public SnapshotFiles(Path directory, StorageOptions options) {
    this.directory = directory;
    this.disk = options.disk();
  }

  /**
   * Writes a snapshot, forces it and reads it back before it gets its name; then all but the two
   * newest are deleted. After an exception nothing of it is left.
   */
  public Saved save(Snapshot snapshot, Image image) throws IOException {
    var temporary = directory.resolve(SnapshotName.TEMPORARY);
    disk.delete(temporary);
    try {
      long bytes = write(temporary, snapshot, image);
      return new Saved(bytes, keep(temporary, snapshot.id()));
    } catch (IOException | RuntimeException failure) {
      deleteQuietly(temporary);
      throw failure;
    }
  }

  private long write(Path temporary, Snapshot snapshot, Image image) throws IOException {
    try (var file = disk.open(temporary)) {
      long bytes = new SnapshotWriter(file).write(snapshot, image);
      file.force();
      var reader = new SnapshotReader(file);
      reader.read(content -> {});
      if (file.size() != bytes || !reader.snapshot().equals(snapshot)) {
        throw new BadSnapshot("what was written cannot be read back");
      }
      return bytes;
    }
  }

  /** Gives a durable and verified file its name; returns the index of the oldest one kept. */
  private long keep(Path file, SnapshotId id) throws IOException {
    var named = directory.resolve(SnapshotName.of(id.index()));
    disk.rename(file, named);
    try {
      disk.forceDirectory(directory);
      return deleteOlder();
    } catch (IOException | RuntimeException failure) {
      deleteQuietly(named);
      throw failure;
    }
  }

  /** Leaves the newest ones; returns the index of the oldest of them. */
  private long deleteOlder() throws IOException {
    var indexes = indexes();
    int kept = Math.min(KEPT, indexes.size());
    for (long old : indexes.subList(kept, indexes.size())) {
      disk.delete(directory.resolve(SnapshotName.of(old)));
    }
    return indexes.get(kept - 1);
  }

  /** The indexes of all snapshots that are there, the newest first. */
  private List<Long> indexes() throws IOException {
    var indexes = new ArrayList<Long>();
    for (var name : disk.list(directory)) {
      if (SnapshotName.isSnapshot(name)) {
        indexes.add(SnapshotName.index(name));
      }
    }
    indexes.sort(Collections.reverseOrder());
    return indexes;
  }

  private void deleteQuietly(Path file) {
    try {
      disk.delete(file);
    } catch (IOException e) {
      LOG.warn("{} is left behind: {}", file, e.toString());
    }
  }

  /** Deletes what a server that died was writing. */
  void deleteUnfinished() throws IOException {
    var temporary = directory.resolve(SnapshotName.TEMPORARY);
    if (disk.exists(temporary)) {
      LOG.info("deletes {}, a snapshot that was not finished", temporary);
      disk.delete(temporary);
    }
  }

  /**
   * Reads the newest snapshot that is as it was written, and changes nothing.
   *
   * @param damaged is given the files that are newer, but not as they were written
   */
  Optional<Loaded> load(List<Path> damaged) throws IOException {
    for (long index : indexes()) {
      var file = directory.resolve(SnapshotName.of(index));
      try {
        sayIfLong(file);
        return Optional.of(read(file, index));
      } catch (BadSnapshot damage) {
        if (damage.newerFormat() > 0) {
          throw StorageFailure.newerFormat(file, damage.newerFormat(), SnapshotHeader.FORMAT);
        }
        LOG.error("damaged data: {}: {}", file, damage.getMessage());
        damaged.add(file);
      }
    }
    return Optional.empty();
  }

  private void sayIfLong(Path file) throws IOException {
    try (var open = disk.open(file)) {
      if (open.size() > SAID_FROM_BYTES) {
        LOG.info("recovering: reads {}, {} MiB", file, open.size() >> 20);
      }
    }
  }

  /**
   * Reads this snapshot once more, if it is still there, and sets it aside if it is not as it was
   * written; to be called when whoever was sent it did not take it.
   */
  public void check(SnapshotId id) throws IOException {
    var file = directory.resolve(SnapshotName.of(id.index()));
    if (disk.exists(file)) {
      try (var open = disk.open(file)) {
        new SnapshotReader(open).read(content -> {});
      } catch (BadSnapshot damage) {
        LOG.error("damaged data: {}: {}", file, damage.getMessage());
        setAside(List.of(file));
      }
    }
  }

  /** Gives damaged files another name, under which they are in nobody's way. */
  void setAside(List<Path> damaged) throws IOException {
    for (var file : damaged) {
      var aside = aside(file);
      LOG.error("goes on without {}, which is set aside as {}", file, aside);
      disk.rename(file, aside);
      disk.forceDirectory(directory);
    }
  }

  /** A name that nothing has yet: what was set aside before is still to be looked at. */
  private Path aside(Path file) throws IOException {
    var aside = directory.resolve(file.getFileName() + SnapshotName.SET_ASIDE);
    for (int number = 2; disk.exists(aside); number++) {
      aside = directory.resolve(file.getFileName() + "." + number + SnapshotName.SET_ASIDE);
    }
    return aside;
  }

  private Loaded read(Path path, long index) throws IOException {
    var loaded = read(path, disk);
    if (loaded.snapshot().id().index() != index) {
      throw new BadSnapshot("this is the snapshot of entry " + loaded.snapshot().id().index());
    }
    return loaded;
  }

  /** Reads a snapshot from its first byte to its last, wherever it lies. */
  static Loaded read(Path path, Disk disk) throws IOException {
    try (var file = disk.open(path)) {
      var reader = new SnapshotReader(file);
      var decoder = new ImageDecoder();
      reader.read(decoder::decode);
      var store = finish(decoder, reader.snapshot().id().index());
      return new Loaded(reader.snapshot(), store, file.size());
    }
  }

  private static KvStore finish(ImageDecoder decoder, long index) throws BadSnapshot {
    try {
      var store = decoder.finish();
      if (store.appliedIndex() != index) {
        throw new BadSnapshot("it holds the state behind entry " + store.appliedIndex());
      }
      return store;
    } catch (IllegalArgumentException e) {
      throw new BadSnapshot(String.valueOf(e.getMessage()), e);
    }
  }

  /** The size of the newest snapshot, damaged or not, 0 if there is none. */
  long newestBytes() throws IOException {
    for (long index : indexes()) {
      var file = directory.resolve(SnapshotName.of(index));
      if (disk.exists(file)) {
        try (var open = disk.open(file)) {
          return open.size();
        }
      }
    }
    return 0;
  }

  /** The index of the newest snapshot, 0 if there is none. */
  long newestIndex() throws IOException {
    return indexes().stream().findFirst().orElse(0L);
  }

  /**
   * The newest snapshot that begins as it should, to be sent; whoever asks for it closes it. Newer
   * ones that do not are set aside.
   */
  public Optional<Source> newest() throws IOException {
    for (long index : indexes()) {
      var path = directory.resolve(SnapshotName.of(index));
      if (!disk.exists(path)) {
        continue;
      }
      var file = disk.open(path);
      try {
        return Optional.of(new Source(SnapshotHeader.read(file).snapshot(), file));
      } catch (BadSnapshot damage) {
        file.close();
        LOG.error("damaged data: {}: {}", path, damage.getMessage());
        setAside(List.of(path));
      } catch (IOException | RuntimeException failure) {
        file.close();
        throw failure;
      }
    }
    return Optional.empty();
  }

  /** A snapshot file to read; it stays readable when it is deleted meanwhile. */
  public static final class Source implements Closeable {
    private final Snapshot snapshot;
    private final Disk.File file;

    Source(Snapshot snapshot, Disk.File file) {
      this.snapshot = snapshot;
      this.file = file;
    }

    public Snapshot snapshot() {
      return snapshot;
    }

    public SnapshotId id() {
      return snapshot.id();
    }

    /** The length of the file. */
    public long bytes() throws IOException {
      return file.size();
    }

    /** Reads bytes from {@code position} until {@code target} is full or the file ends. */
    public void read(ByteBuffer target, long position) throws IOException {
      file.read(target, position);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /**
   * Begins to receive a snapshot file, or goes on if the same was being received before; what was
   * received of another is dropped.
   *
   * @param bytes the length of the whole file
   */
  public Sink receive(SnapshotId id, long bytes) throws IOException {
    var name = SnapshotName.receiving(id, bytes);
    for (var other : disk.list(directory)) {
      if (SnapshotName.isReceiving(other) && !other.equals(name)) {
        disk.delete(directory.resolve(other));
      }
    }
    return new Sink(id, bytes, directory.resolve(name));
  }

  /** A snapshot file that is being received, from its begin to its end. */
  public final class Sink implements Closeable {
    private final SnapshotId id;
    private final long bytes;
    private final Path path;
    private final Disk.File file;

    Sink(SnapshotId id, long bytes, Path path) throws IOException {
      this.id = id;
      this.bytes = bytes;
      this.path = path;
      file = disk.open(path);
    }

    /** How much of it is there already. */
    public long received() throws IOException {
      return Math.min(bytes, file.size());
    }

    /** Adds bytes at {@code position}, which must be where the last ones ended. */
    public void write(ByteBuffer source, long position) throws IOException {
      if (position != received() || position + source.remaining() > bytes) {
        throw new BadSnapshot("bytes for place " + position + " of " + bytes);
      }
      file.write(source, position);
    }

    /**
     * Makes the snapshot one of this server's own: forced, read back, and its state decoded.
     *
     * @throws BadSnapshot if it is not what it should be; then nothing of it is left
     */
    public Loaded finish() throws IOException {
      try {
        ForceFailure.guard(file::force);
        file.close();
        var loaded = read(path, id.index());
        if (loaded.bytes() != bytes || !loaded.snapshot().id().equals(id)) {
          throw new BadSnapshot("it is another snapshot than was said");
        }
        keep(path, id);
        return loaded;
      } catch (IOException | RuntimeException failure) {
        deleteQuietly(path);
        throw failure;
      }
    }

    /** Lets go of the file; what was received stays, to go on with. */
    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
