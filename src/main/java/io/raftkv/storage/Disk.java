package io.raftkv.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The few file operations that a server needs, so that a test can be the disk. */
public interface Disk {
  /**
   * Makes the folder, and those above it, for their owner alone, unless they are there; what was
   * made is durable.
   */
  void createDirectory(Path directory) throws IOException;

  /** Whether anybody may write to the folder. */
  boolean isWorldWritable(Path directory) throws IOException;

  /** How many bytes may still be written where the folder is. */
  long usableBytes(Path directory) throws IOException;

  /** The names of the files in the folder, sorted. */
  List<String> list(Path directory) throws IOException;

  boolean exists(Path file) throws IOException;

  /** Opens a file for reading and writing; makes it, for its owner alone, if it is not there. */
  File open(Path file) throws IOException;

  /**
   * Opens a file at rest that is only to be read, from the medium if it can; empty if it is not
   * there, and then none is made. Where another thread may delete the file meanwhile, a disk must
   * do both in one step.
   */
  default Optional<File> openIfThere(Path file) throws IOException {
    return exists(file) ? Optional.of(open(file)) : Optional.empty();
  }

  /** Gives a file another name, in one step, in the place of a file that may have it. */
  void rename(Path from, Path to) throws IOException;

  void delete(Path file) throws IOException;

  /** Makes names that were added, changed or removed in the folder durable. */
  void forceDirectory(Path directory) throws IOException;

  /**
   * Takes the lock that this file stands for; empty if another process, or another part of this
   * one, has it. It is held until it is closed.
   */
  Optional<Closeable> lock(Path file) throws IOException;

  /** An open file. */
  interface File extends Closeable {
    long size() throws IOException;

    /** Reads bytes from {@code position} until {@code target} is full or the file ends. */
    void read(ByteBuffer target, long position) throws IOException;

    /** Writes all of {@code source} at {@code position}. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Makes everything written durable. After it has failed once, no later success counts. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }
}
