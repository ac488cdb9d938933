package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.raft.LogRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server's folder is looked at and judged, and stays as it is. */
class InspectionTest {
  private static final int ENTRIES = 200;
  private static final int SNAPSHOT = 120;

  @TempDir Path parent;

  private Path folder = Path.of("");

  /** A log of several files, and a snapshot of a part of it. */
  @BeforeEach
  void write() throws IOException {
    folder = parent.resolve("3");
    var states = new SomeStates(ENTRIES);
    var recorder = new Recorder();
    var options = StorageOptions.DEFAULTS.withSegmentBytes(1 << 13);
    try (var storage = Storage.open(folder, 3, options, recorder)) {
      storage.write(1, List.of(new LogRecord.Vote(1, 3), new LogRecord.Joined(77)));
      for (int from = 0; from < ENTRIES; from += 20) {
        storage.write(
            2 + from / 20, List.of(new LogRecord.Append(states.entries(from, from + 20))));
        recorder.awaitWritten(2 + from / 20);
      }
      storage.snapshots().save(states.snapshot(SNAPSHOT), states.store(SNAPSHOT).freeze());
    }
  }

  private TreeMap<String, byte[]> files() throws IOException {
    var all = new TreeMap<String, byte[]>();
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        all.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return all;
  }

  /** The report, and not a byte of the folder has changed. */
  private Inspection.Report inspect() throws IOException {
    var before = files();
    var report = Inspection.of(folder);
    var after = files();
    assertEquals(before.keySet(), after.keySet());
    for (var name : before.keySet()) {
      assertArrayEquals(before.get(name), after.get(name), name);
    }
    return report;
  }

  private Path file(String beginning) throws IOException {
    return folder.resolve(
        files().keySet().stream()
            .filter(name -> name.startsWith(beginning))
            .findFirst()
            .orElseThrow());
  }

  private static void flip(Path file, long position) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var one = ByteBuffer.allocate(1);
      channel.read(one, position);
      one.put(0, (byte) (one.get(0) ^ 4));
      channel.write(one.flip(), position);
    }
  }

  private static boolean says(Inspection.Report report, String text) {
    return report.lines().stream().anyMatch(line -> line.contains(text));
  }

  @Test
  void anIntactFolderIsDescribedFileByFile() throws IOException {
    var report = inspect();

    assertEquals(ExitStatus.STOPPED, report.status(), report.toString());
    assertTrue(report.lines().get(0).startsWith("identity  server 3, incarnation "));
    assertTrue(says(report, "log-0000000000000001  8192 bytes, entries 1 to "), report.toString());
    assertTrue(says(report, "snapshot-0000000000000120  of entry 120, term 3: "));
    assertTrue(says(report, "a start  would begin in term 1, in cluster 4d, up to entry 200"));
  }

  @Test
  void aWriteThatDidNotEndIsSaidAndDoesNoHarm() throws IOException {
    var newest = folder.resolve(files().headMap("log-1").lastKey());
    var bytes = Files.readAllBytes(newest);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    int torn = end + 8 - end % 8 + 8;
    bytes[torn] = 7;
    Files.write(newest, bytes);

    var report = inspect();

    assertEquals(ExitStatus.STOPPED, report.status(), report.toString());
    assertTrue(says(report, "bytes of a write that did not end"), report.toString());
    assertTrue(says(report, ", and cut "), report.toString());
  }

  /** In the first record of the first batch, however many writes that has taken. */
  @Test
  void aDamagedLogIsNamedWithItsFirstBadByte() throws IOException {
    flip(file("log-"), 120);

    var report = inspect();

    assertEquals(ExitStatus.DAMAGED, report.status());
    assertTrue(says(report, "log-0000000000000001  damaged data: "), report.toString());
    assertTrue(says(report, " at byte 88: the log is damaged"), report.toString());
    var twice = report.lines().stream().filter(line -> line.contains("at byte 88")).toList();
    assertEquals(1, twice.size(), "what is said of the file is not said again: " + report);
    assertTrue(says(report, "a start  would stop at that; "), report.toString());
  }

  @Test
  void aDamagedSnapshotIsNamed() throws IOException {
    flip(file("snapshot-"), 300);

    var report = inspect();

    assertEquals(ExitStatus.DAMAGED, report.status());
    assertTrue(says(report, "snapshot-0000000000000120  damaged data: the block at byte "));
    assertTrue(says(report, "a start  would begin in term 1"), "the log alone is enough");
  }

  @Test
  void aDamagedIdentityIsNamed() throws IOException {
    flip(file("identity"), 20);

    var report = inspect();

    assertEquals(ExitStatus.DAMAGED, report.status());
    assertTrue(report.lines().get(0).contains("the checksum does not match"), report.toString());
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(folder.resolve("log-0000000000000002"));

    var report = inspect();

    assertEquals(ExitStatus.DAMAGED, report.status());
    assertTrue(says(report, "log-0000000000000002 at byte 0: the file is missing"));
  }

  @Test
  void aServerThatDiedBehindASnapshotThatArrivedIsDescribed() throws IOException {
    for (var name : files().keySet()) {
      if (SegmentName.isSegment(name)) {
        Files.delete(folder.resolve(name));
      }
    }
    Files.delete(folder.resolve(DirectoryIdentity.FILE));
    beginLife();

    assertTrue(says(inspect(), "a start  would begin in term 3, in cluster 4d, up to entry 120"));
  }

  /** It died when it had its new identity, and no log yet. */
  @Test
  void aServerWhoseLogWasSetAsideIsDescribedBeforeItHasANewOne() throws IOException {
    for (var name : files().keySet()) {
      if (!name.equals(DataDirectory.LOCK)) {
        Files.move(folder.resolve(name), folder.resolve(name + ".lost-000000000000002a"));
      }
    }
    var clusterId = ByteBuffer.allocate(12).putLong(77);
    var crc = new CRC32C();
    crc.update(clusterId.duplicate().flip());
    var marker = clusterId.putInt((int) crc.getValue()).array();
    Files.write(folder.resolve("lost-000000000000002a"), marker);
    beginLife();

    var report = inspect();

    assertEquals(ExitStatus.STOPPED, report.status(), report.toString());
    assertTrue(says(report, "a start  would begin in term 0, in cluster 4d, up to entry 0"));
    assertTrue(
        says(
            report,
            "lost-000000000000002a  note that incarnation 2a of this server is over, and that it"
                + " belongs to cluster 4d"));
    assertTrue(says(report, ".lost-000000000000002a  set aside: it is of an incarnation that is"));
  }

  private void beginLife() throws IOException {
    try (var directory = DataDirectory.open(folder, 3, StorageOptions.DEFAULTS)) {
      directory.beginLife(0);
    }
  }

  @Test
  void aLogWithoutAnIdentityIsDescribedWithWhatAStartWouldSay() throws IOException {
    Files.delete(folder.resolve(DirectoryIdentity.FILE));

    var report = inspect();

    assertEquals(ExitStatus.DAMAGED, report.status());
    assertTrue(says(report, "log-0000000000000001  8192 bytes, entries 1 to "), report.toString());
    assertTrue(says(report, "a start  damaged data: "), report.toString());
    assertTrue(says(report, "the file is missing, but there is a log"), report.toString());
  }

  @Test
  void aFolderThatABackupWasRestoredIntoIsDescribed() throws IOException {
    var restored = parent.resolve("restored");
    var content = BackupFile.restore(file("snapshot-"), restored);
    folder = restored;

    var report = inspect();

    assertEquals(ExitStatus.STOPPED, report.status(), report.toString());
    assertEquals(SNAPSHOT, content.index());
    assertTrue(says(report, "snapshot-0000000000000120  of entry 120, term 3: "));
    assertTrue(says(report, ", with the state of a backup, from which cluster "), report + "");
    assertTrue(says(report, " is to be formed, up to entry 120"), report.toString());
  }

  @Test
  void aRestoreThatWasCutOffIsDescribed() throws IOException {
    folder = Files.createDirectory(parent.resolve("half"));
    Files.createFile(folder.resolve(BackupFile.RESTORING));

    var report = inspect();

    assertEquals(ExitStatus.CONFIGURATION, report.status());
    assertTrue(says(report, "a start  data directory "), report.toString());
    assertTrue(says(report, "a restore was cut off; restore again"), report.toString());
  }

  @Test
  void aFolderWithNothingOfAServerIsNoDataDirectory() throws IOException {
    assertTrue(Inspection.isDataDirectory(folder));
    assertFalse(Inspection.isDataDirectory(parent));
    assertFalse(Inspection.isDataDirectory(parent.resolve("nowhere")));
  }

  @Test
  void aFolderWithAnythingOfAServerIsAServers(@TempDir Path parent) throws IOException {
    var names =
        List.of(
            DirectoryIdentity.FILE,
            BackupFile.RESTORING,
            SegmentName.of(3),
            SnapshotName.of(7),
            "lost-0123456789abcdef");
    for (var name : names) {
      var alone = Files.createDirectory(parent.resolve("of-" + name));
      Files.createFile(alone.resolve("notes.txt"));
      assertFalse(Inspection.isDataDirectory(alone), name);
      Files.createFile(alone.resolve(name));
      assertTrue(Inspection.isDataDirectory(alone), name);
    }
    assertFalse(Inspection.isDataDirectory(parent.resolve("nowhere")));
  }
}
