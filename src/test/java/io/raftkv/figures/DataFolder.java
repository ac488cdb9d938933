package io.raftkv.figures;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What lies in a server's folder, read as docs/formats.md draws it, to tell what was under way. */
final class DataFolder {
  static final Pattern TEMPORARY_SNAPSHOT = Pattern.compile("snapshot\\.tmp");
  static final Pattern SNAPSHOT = Pattern.compile("snapshot-\\d+");
  static final Pattern LOG = Pattern.compile("log-\\d+");
  static final Pattern RECEIVING = Pattern.compile("receiving-\\d+-\\d+-\\d+");
  private static final String SPARE = "spare";
  private static final String IDENTITY = "identity";
  private static final int SNAPSHOTS_KEPT = 2;
  private static final int LAST_INDEX_AT = 64;
  private static final int LIFE_AT = 20;
  private static final int NEWEST_LOG_AT = 36;

  private final Path path;

  DataFolder(Path path) {
    this.path = path;
  }

  /** The length of a file, if it is there. */
  OptionalLong length(String name) {
    try {
      return OptionalLong.of(Files.size(path.resolve(name)));
    } catch (IOException absent) {
      return OptionalLong.empty();
    }
  }

  /** The entries that the snapshots are named for, the newest first. */
  List<Long> snapshots() {
    return names(SNAPSHOT).stream()
        .map(DataFolder::number)
        .sorted(Collections.reverseOrder())
        .toList();
  }

  /** The entry of the oldest snapshot that is to stay, 0 if there is none. */
  long oldestKept() {
    var snapshots = snapshots();
    return snapshots.isEmpty() ? 0 : snapshots.get(Math.min(SNAPSHOTS_KEPT, snapshots.size()) - 1);
  }

  /** Whether a snapshot is there that a newer one has made superfluous. */
  boolean hasOldSnapshot() {
    return snapshots().size() > SNAPSHOTS_KEPT;
  }

  /** How many log files are there that the snapshots which stay cover. */
  int coveredLogs() throws IOException {
    var logs = names(LOG);
    long kept = oldestKept();
    int covered = 0;
    while (covered + 1 < logs.size() && number(logs.get(covered + 1), LAST_INDEX_AT) <= kept) {
      covered++;
    }
    return covered;
  }

  /** The oldest log file that is there. */
  Path oldestLog() {
    return path.resolve(names(LOG).get(0));
  }

  /** Whether the next log file is there, or begun. */
  boolean hasSpare() {
    return Files.exists(path.resolve(SPARE));
  }

  /** The newest log file that {@code identity} names. */
  long namedLog() throws IOException {
    return number(IDENTITY, NEWEST_LOG_AT);
  }

  /** The number of the newest run of the server. */
  long life() throws IOException {
    return number(IDENTITY, LIFE_AT);
  }

  /** The number of the newest log file that is there. */
  long newestLog() {
    return names(LOG).stream().mapToLong(DataFolder::number).max().orElse(0);
  }

  /** The number in a file's name. */
  static long number(String name) {
    return Long.parseLong(name.substring(name.lastIndexOf('-') + 1));
  }

  private long number(String file, int place) throws IOException {
    try (var channel = FileChannel.open(path.resolve(file))) {
      var buffer = ByteBuffer.allocate(Long.BYTES);
      channel.read(buffer, place);
      return buffer.flip().getLong();
    }
  }

  private List<String> names(Pattern pattern) {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> pattern.matcher(name).matches())
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
