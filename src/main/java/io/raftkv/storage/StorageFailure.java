package io.raftkv.storage;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Reason;
import io.raftkv.raft.Effect;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;

/** What is wrong with a server's files, where, and what to do about it. */
public final class StorageFailure extends Failure {
  private static final long serialVersionUID = 1L;

  private static final String REMEDY =
      "; move the data directory away and start the server again: with an empty one it gets all"
          + " data from the others. If there are none, restore a backup";

  private final long lostClusterId;

  private final String what;

  private StorageFailure(ExitStatus status, String message) {
    super(status, message);
    what = message;
    lostClusterId = 0;
  }

  private StorageFailure(ExitStatus status, String message, Throwable cause) {
    super(status, message, cause);
    what = message;
    lostClusterId = 0;
  }

  private StorageFailure(String what, long lostClusterId) {
    super(ExitStatus.DAMAGED, what + REMEDY);
    this.what = what;
    this.lostClusterId = lostClusterId;
  }

  /**
   * If nothing is wrong but that the log has lost its end, and with it what the server promised:
   * the cluster it belongs to, in which it may join as a new one. Else 0.
   */
  long lostClusterId() {
    return lostClusterId;
  }

  static StorageFailure locked(Path directory) {
    return new StorageFailure(
        ExitStatus.DATA_LOCKED,
        "data directory " + directory + " is in use by another server; stop that one first");
  }

  static StorageFailure foreign(Path directory, int owner, int wanted) {
    return new StorageFailure(
        ExitStatus.DATA_LOCKED,
        "data directory %s belongs to server %d, not to server %d; correct path or Id"
            .formatted(directory, owner, wanted));
  }

  static StorageFailure notEmpty(Path directory) {
    return new StorageFailure(
        ExitStatus.CONFIGURATION,
        "data directory %s is not empty: a backup is restored into a new cluster only; move it away"
            .formatted(directory));
  }

  static StorageFailure halfRestored(Path directory) {
    return new StorageFailure(
        ExitStatus.CONFIGURATION,
        "data directory %s holds a part of a backup: a restore was cut off; restore again, or move"
                .formatted(directory)
            + " it away");
  }

  static StorageFailure exposed(Path directory) {
    return new StorageFailure(
        ExitStatus.CONFIGURATION,
        "data directory " + directory + " is writable by everybody; run chmod 700 on it");
  }

  static StorageFailure unusable(Path directory, IOException cause) {
    return new StorageFailure(
        ExitStatus.CONFIGURATION,
        "data directory %s cannot be used: %s; correct path, or let this user have it"
            .formatted(directory, unusable(cause)),
        cause);
  }

  private static String unusable(IOException cause) {
    return cause instanceof FileAlreadyExistsException inTheWay
        ? inTheWay.getFile() + " is a file, not a folder"
        : Reason.of(cause);
  }

  static StorageFailure damaged(Path file, long offset, String what) {
    return new StorageFailure("damaged data: %s at byte %d: %s".formatted(file, offset, what), 0);
  }

  /** What is wrong, without what to do about it. */
  String what() {
    return what;
  }

  /** What to do about it, with what leads there from {@link #what}; may be empty. */
  String remedy() {
    return String.valueOf(getMessage()).substring(what.length());
  }

  /** The same damage, behind which nothing intact stands. */
  StorageFailure asEndLost(long clusterId) {
    return new StorageFailure(what, clusterId);
  }

  /** This server has said that it will never run again as who it was. */
  static StorageFailure givenUp(Path directory, long clusterId) {
    return new StorageFailure("data directory " + directory + " was given up", clusterId);
  }

  /** The files may be intact, but are not to be trusted. */
  static StorageFailure untrusted(Path directory, Effect.GivenUp why) {
    var what =
        switch (why.reason()) {
          case OLDER_COPY ->
              "data directory %s is an older copy: entry %d was acknowledged from here, and is not"
                  + " in it";
          case WRONG_STATE ->
              "data directory %s leads to a wrong state: a majority of voters agrees on another"
                  + " one behind entry %d";
        };
    return new StorageFailure(
        ExitStatus.DAMAGED,
        (what + "; start the server again: it sets the files aside and joins as a new one")
            .formatted(directory, why.index()));
  }

  static StorageFailure newerFormat(Path file, int format, int known) {
    return new StorageFailure(
        ExitStatus.DAMAGED,
        "%s has format %d, this program knows formats up to %d; run the newer program that wrote it"
            .formatted(file, format, known));
  }

  static StorageFailure disk(Path where, IOException cause) {
    return new StorageFailure(
        ExitStatus.DISK_ERROR,
        "disk error in " + where + ": " + Reason.of(cause) + "; the server stops: check the disk",
        cause);
  }
}
