package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Life;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log of each released format is read for ever. Format 1: a log of two files with every kind of
 * record and entry, a mark, and the identity of its folder. What is written today is compared, too,
 * so that nobody changes the format without a new number.
 */
class GoldenLogTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/log-format-1");
  private static final List<String> FILES =
      List.of("identity", "log-0000000000000001", "log-0000000000000002");
  private static final long INCARNATION = 0x5ca1ab1e5ca1ab1eL;
  private static final Life LIFE = new Life(5_000_000_000L, 0x1122334455667788L);
  private static final Configuration SEATS =
      new Configuration(77, List.of(new Configuration.Seat(3, INCARNATION)));
  private static final Entry EMPTY =
      new Entry(1, 1, 1_700_000_000_000L, Entry.Kind.EMPTY, Bytes.EMPTY);
  private static final Entry CONFIGURATION =
      new Entry(2, 1, 1_700_000_000_001L, Entry.Kind.CONFIGURATION, configurationOfFormat1());
  private static final Entry COMMAND =
      new Entry(3, 2, 1_700_000_000_002L, Entry.Kind.COMMAND, Bytes.wrap(new byte[3_800]));
  private static final Entry IN_SECOND_FILE =
      new Entry(4, 3, 1_700_000_000_003L, Entry.Kind.COMMAND, Bytes.utf8("set a 1"));

  /** Without learners and without a bound for the store. */
  private static Bytes configurationOfFormat1() {
    return Bytes.wrap(
        ByteBuffer.allocate(25)
            .put((byte) 1)
            .putLong(77)
            .putInt(1)
            .putInt(3)
            .putLong(INCARNATION)
            .array());
  }

  @TempDir Path folder;

  @Test
  void aConfigurationOfFormat1HasVotersOnlyAndNoBound() {
    assertEquals(SEATS, Configuration.decode(configurationOfFormat1()));
    assertEquals(Configuration.UNBOUNDED, SEATS.storeBytesMax());
  }

  @Test
  void aLogOfFormat1IsReadAsItWasWritten() throws IOException {
    for (var file : FILES) {
      Files.copy(GOLDEN.resolve(file), folder.resolve(file));
    }

    try (var storage = Storage.open(folder, 3, StorageOptions.DEFAULTS, new Recorder())) {
      assertEquals(
          new PersistentState(3, -1, 77, List.of(EMPTY, CONFIGURATION, COMMAND, IN_SECOND_FILE)),
          storage.recovered());
      assertEquals(INCARNATION, storage.incarnation());
      assertTrue(storage.life().number() > LIFE.number());
    }
  }

  @Test
  void whatIsWrittenTodayIsFormat1() throws IOException {
    var disk = new CrashDisk();
    var machine = new StillMachine(() -> INCARNATION);
    var files =
        LogFiles.open(CrashDisk.DIRECTORY, 3, new StorageOptions(1 << 12, 1 << 20, disk, machine));
    write(files, new LogRecord.Vote(1, 3), new LogRecord.Append(List.of(EMPTY, CONFIGURATION)));
    write(files, new LogRecord.Vote(2, 0), new LogRecord.Joined(77));
    write(files, Recorder.append(3, 2, 7), new LogRecord.TruncateSuffix(3));
    write(files, new LogRecord.Append(List.of(COMMAND)));
    files.forceLife(LIFE);
    write(files, new LogRecord.Vote(3, -1), new LogRecord.Append(List.of(IN_SECOND_FILE)));
    files.mark();

    for (var file : FILES) {
      assertArrayEquals(Files.readAllBytes(GOLDEN.resolve(file)), disk.bytes(file), file);
    }
  }

  private static void write(LogFiles files, LogRecord... records) throws IOException {
    files.gather(List.of(records));
    files.flush();
  }
}
