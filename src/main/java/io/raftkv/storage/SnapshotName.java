package io.raftkv.storage;

import io.raftkv.raft.SnapshotId;
import java.util.regex.Pattern;

/** The names of snapshot files: {@code snapshot-0000000000000042} is that of entry 42. */
final class SnapshotName {
  /** A snapshot that is being written. */
  static final String TEMPORARY = "snapshot.tmp";

  /** What the name of a damaged one ends in. */
  static final String SET_ASIDE = ".corrupt";

  private static final Pattern PATTERN = Pattern.compile("snapshot-(\\d{16,19})");
  private static final Pattern RECEIVING = Pattern.compile("receiving-\\d+-\\d+-\\d+");

  private SnapshotName() {}

  static String of(long index) {
    return "snapshot-%016d".formatted(index);
  }

  static boolean isSnapshot(String name) {
    return PATTERN.matcher(name).matches();
  }

  static long index(String name) {
    return Long.parseLong(name.substring("snapshot-".length()));
  }

  /** The name of a snapshot that is being received, which says which one. */
  static String receiving(SnapshotId id, long bytes) {
    return "receiving-%d-%d-%d".formatted(id.index(), id.term(), bytes);
  }

  static boolean isReceiving(String name) {
    return RECEIVING.matcher(name).matches();
  }
}
