package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What becomes of a log that is not as it was written: found, never read as something else. {@link
 * EveryBitTest} tries every bit and every length; here is what takes more than one bit.
 */
class DamageTest {
  private static final StorageOptions OPTIONS = new StorageOptions(1 << 12, 1 << 20);
  private static final int ENTRIES = 12;
  private static final String FIRST = SegmentName.of(1);

  private final MemoryFiles intact = new MemoryFiles();
  private final List<Entry> entries = new ArrayList<>();

  private static Storage open(MemoryFiles disk) {
    return Storage.open(MemoryFiles.DIRECTORY, 3, OPTIONS.withDisk(disk), new Recorder());
  }

  private void write(int count, int valueBytes) {
    var recorder = new Recorder();
    var storage = Storage.open(MemoryFiles.DIRECTORY, 3, OPTIONS.withDisk(intact), recorder);
    for (int i = 1; i <= count; i++) {
      var record = Recorder.append(i, 1, valueBytes);
      entries.addAll(((LogRecord.Append) record).entries());
      storage.write(i, List.of(record));
      recorder.awaitWritten(i);
    }
    storage.close();
  }

  /** Recovers; says how many entries there were, or -1 for damage. */
  private int recover(MemoryFiles disk) {
    try (var storage = open(disk)) {
      var recovered = storage.recovered().entries();
      assertEquals(entries.subList(0, recovered.size()), recovered);
      return recovered.size();
    } catch (StorageFailure damaged) {
      assertEquals(ExitStatus.DAMAGED, damaged.status());
      assertEquals(1, damaged.getMessage().lines().count());
      return -1;
    }
  }

  private static int usedBytes(byte[] bytes) {
    int used = bytes.length;
    while (bytes[used - 1] == 0) {
      used--;
    }
    return used;
  }

  @Test
  void everyTornPartOfTheLastBatchIsCutOrWhole() {
    write(ENTRIES, 240);
    var bytes = withoutLastMark(intact.bytes(FIRST));
    int used = usedBytes(bytes);
    int start = startOfLastBatch(bytes, used);
    for (int from = start; from <= used; from++) {
      var torn = bytes.clone();
      Arrays.fill(torn, from, used, (byte) 0);
      var disk = intact.copy();
      disk.put(FIRST, torn);

      int found = recover(disk);

      assertTrue(found >= ENTRIES - 1, "torn at " + from + " leaves " + found);
      assertEquals(found, recover(disk), "the same again");
    }
  }

  @Test
  void everySetOfSectorsOfTheLastBatchIsCutOrWhole() {
    write(1, 40);
    var before = withoutLastMark(intact.bytes(FIRST));
    var after = before.clone();
    var last = lastBatchOf(4, 600, before);
    System.arraycopy(last, 0, after, usedBytesUpTo8(before), last.length);
    int first = usedBytesUpTo8(before) / 512;
    int sectors = (usedBytesUpTo8(after) - 1) / 512 - first + 1;
    assertTrue(sectors >= 5, sectors + " sectors");
    for (int set = 0; set < 1 << sectors; set++) {
      var torn = before.clone();
      for (int sector = 0; sector < sectors; sector++) {
        if ((set >> sector & 1) != 0) {
          System.arraycopy(after, (first + sector) * 512, torn, (first + sector) * 512, 512);
        }
      }
      var disk = intact.copy();
      disk.put(FIRST, torn);

      assertEquals(set == (1 << sectors) - 1 ? 5 : 1, recoverFirst(disk), "sectors " + set);
    }
  }

  /** As it lies there if it dies behind its first log file: nothing was written to that yet. */
  @Test
  void aServerThatWasSetAsideStillKnowsItsClusterBeforeItsFirstRecord() {
    var recorder = new Recorder();
    try (var storage = Storage.open(MemoryFiles.DIRECTORY, 3, OPTIONS.withDisk(intact), recorder)) {
      storage.write(1, List.of(new LogRecord.Joined(77)));
      recorder.awaitWritten(1);
    }
    write(ENTRIES, 2_000);
    var segments = intact.segments();
    intact.remove(segments.get(segments.size() - 1));
    open(intact).close();
    var first = intact.bytes(FIRST);
    Arrays.fill(first, SegmentHeader.BYTES, first.length, (byte) 0);
    intact.put(FIRST, first);

    try (var storage = open(intact)) {
      assertEquals(77, storage.recovered().clusterId());
      assertEquals(0, storage.recovered().entries().size());
    }
  }

  /** The first of two was forced before the second was begun, and no mark says so. */
  @Test
  void oneBadSpotOverTheLastTwoBatchesIsNoTornWrite() {
    write(ENTRIES, 300);
    var bytes = withoutLastMark(intact.bytes(FIRST));
    int last = startOfLastBatch(bytes, usedBytes(bytes));
    Arrays.fill(bytes, last - 20, last + BatchHeader.BYTES, (byte) 0);
    var disk = intact.copy();
    disk.put(FIRST, bytes);

    assertEquals(-1, recover(disk));
  }

  /** One batch of so many entries behind the first, as it would follow in the file. */
  private byte[] lastBatchOf(int count, int valueBytes, byte[] before) {
    var buffer = java.nio.ByteBuffer.allocate(1 << 12).position(BatchHeader.BYTES);
    for (int i = 2; i < 2 + count; i++) {
      var record = Recorder.append(i, 1, valueBytes);
      entries.addAll(((LogRecord.Append) record).entries());
      RecordCodec.encode(record, buffer);
    }
    var payload = buffer.duplicate().flip().position(BatchHeader.BYTES);
    var header = SegmentHeader.decode(MemoryFiles.DIRECTORY, java.nio.ByteBuffer.wrap(before));
    int start = startOfLastBatch(before, usedBytes(before));
    int chain = BatchHeader.checksumAt(java.nio.ByteBuffer.wrap(before), start);
    new BatchHeader(payload.remaining(), chain, BatchHeader.payloadChecksum(payload), 2)
        .encode(
            buffer.duplicate().position(0),
            new BatchHeader.Place(header.incarnation(), 1, usedBytesUpTo8(before)));
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static int usedBytesUpTo8(byte[] bytes) {
    return (usedBytes(bytes) + 7) & ~7;
  }

  /** Recovers twice with the same result. */
  private int recoverFirst(MemoryFiles disk) {
    int found = recover(disk);
    assertEquals(found, recover(disk), "the same again");
    return found;
  }

  @Test
  void aQuietLogHasAMarkAlsoWhereAFileEnds() {
    for (int valueBytes = 3_500; valueBytes < 4_000; valueBytes++) {
      var disk = new MemoryFiles();
      var recorder = new Recorder();
      var storage = Storage.open(MemoryFiles.DIRECTORY, 3, OPTIONS.withDisk(disk), recorder);
      storage.write(1, List.of(Recorder.append(1, 1, valueBytes)));
      storage.close();
      var file = disk.segments().get(disk.segments().size() - 1);
      var flipped = disk.bytes(file);
      flipped[startOfBatchBeforeTheMark(flipped) + 100] ^= 1;
      disk.put(file, flipped);

      assertEquals(-1, recover(disk), "a value of " + valueBytes + " bytes");
    }
  }

  private static int startOfBatchBeforeTheMark(byte[] bytes) {
    return lastMagic(bytes, lastMagic(bytes, usedBytes(bytes)));
  }

  @Test
  void aRunThatDiedIsMarkedByTheNext() {
    write(ENTRIES, 240);
    var disk = intact.copy();
    disk.put(FIRST, withoutLastMark(intact.bytes(FIRST)));
    assertEquals(ENTRIES, recover(disk));
    var flipped = disk.bytes(FIRST);
    flipped[startOfBatchBeforeTheMark(flipped) + 100] ^= 1;
    disk.put(FIRST, flipped);

    assertEquals(-1, recover(disk));
  }

  @Test
  void damageIsReportedAndNothingIsChanged() {
    write(ENTRIES, 40);
    var bytes = intact.bytes(FIRST);
    bytes[SegmentHeader.BYTES + 40] ^= 1;
    intact.put(FIRST, bytes);
    var identity = intact.bytes(DirectoryIdentity.FILE);

    var failure = assertThrows(StorageFailure.class, () -> open(intact));

    assertTrue(failure.getMessage().contains("damaged behind entry 0"), failure.getMessage());
    assertTrue(Arrays.equals(identity, intact.bytes(DirectoryIdentity.FILE)));
    assertTrue(Arrays.equals(bytes, intact.bytes(FIRST)));
  }

  /** The log as it is when the server dies before it has come to rest. */
  private static byte[] withoutLastMark(byte[] bytes) {
    var marked = bytes.clone();
    int mark = lastMagic(marked, usedBytes(marked));
    Arrays.fill(marked, mark, marked.length, (byte) 0);
    return marked;
  }

  private static int startOfLastBatch(byte[] bytes, int used) {
    return lastMagic(bytes, used);
  }

  private static int lastMagic(byte[] bytes, int used) {
    int at = (used - 4) & ~7;
    while (bytes[at] != 'R' || bytes[at + 1] != 'K' || bytes[at + 2] != 'B') {
      at -= 8;
    }
    return at;
  }

  @Test
  void aMissingFileIsFound() {
    write(40, 600);
    for (var name : intact.segments()) {
      var disk = intact.copy();
      disk.remove(name);

      assertEquals(-1, recover(disk), name);
    }
  }

  @Test
  void anOlderFileThatLostItsEndIsFound() {
    write(40, 600);
    var bytes = intact.bytes(FIRST);
    int last = lastMagic(bytes, usedBytes(bytes));
    var lost = bytes.clone();
    Arrays.fill(lost, last, lost.length, (byte) 0);
    var disk = intact.copy();
    disk.put(FIRST, lost);

    assertEquals(-1, recover(disk));
  }

  @Test
  void damageAtTheEndOfAnOlderFileIsFound() {
    write(40, 600);
    var bytes = intact.bytes(FIRST);
    bytes[lastMagic(bytes, usedBytes(bytes)) + BatchHeader.BYTES + 1] ^= 1;
    var disk = intact.copy();
    disk.put(FIRST, bytes);

    assertEquals(-1, recover(disk));
  }

  @Test
  void aNewerIdentityIsRefusedByItsName() {
    write(ENTRIES, 40);
    var identity = java.nio.ByteBuffer.wrap(intact.bytes(DirectoryIdentity.FILE));
    identity.putInt(4, 2);
    var crc = new java.util.zip.CRC32C();
    crc.update(identity.array(), 0, DirectoryIdentity.BYTES - 4);
    identity.putInt(DirectoryIdentity.BYTES - 4, (int) crc.getValue());
    var disk = intact.copy();
    disk.put(DirectoryIdentity.FILE, identity.array());

    var failure = assertThrows(StorageFailure.class, () -> open(disk));

    assertTrue(failure.getMessage().contains("has format 2"), failure.getMessage());
  }

  @Test
  void swappedFilesAreFound() {
    write(40, 600);
    var names = intact.segments();
    for (int i = 0; i + 1 < names.size(); i++) {
      var disk = intact.copy();
      disk.put(names.get(i), intact.bytes(names.get(i + 1)));
      disk.put(names.get(i + 1), intact.bytes(names.get(i)));

      assertEquals(-1, recover(disk));
    }
  }

  @Test
  void aFileOfAnotherFolderIsFound() {
    write(ENTRIES, 40);
    var other = new MemoryFiles();
    open(other).close();
    var disk = intact.copy();

    disk.put(FIRST, other.bytes(FIRST));

    assertEquals(-1, recover(disk));
  }

  @Test
  void aBatchFromAnotherPlaceIsFound() {
    write(ENTRIES, 36);
    var bytes = intact.bytes(FIRST);
    int room = BatchHeader.room(30 + 36);
    var moved = bytes.clone();
    System.arraycopy(bytes, SegmentHeader.BYTES, moved, SegmentHeader.BYTES + room, room);
    var disk = intact.copy();
    disk.put(FIRST, moved);

    assertEquals(-1, recover(disk));
  }

  @Test
  void aValueThatLooksLikeABatchIsOnlyAValue() {
    write(ENTRIES, 40);
    var bytes = withoutLastMark(intact.bytes(FIRST));
    int used = usedBytes(bytes);
    var torn = bytes.clone();
    int start = startOfLastBatch(bytes, used);
    System.arraycopy(bytes, SegmentHeader.BYTES, torn, start + 8, 64);
    torn[start] ^= 1;
    var disk = intact.copy();
    disk.put(FIRST, torn);

    assertEquals(ENTRIES - 1, recover(disk));
  }

  @Test
  void aNewerFormatIsRefusedByItsName() {
    write(ENTRIES, 40);
    var header = java.nio.ByteBuffer.wrap(intact.bytes(FIRST));
    header.putInt(4, 2);
    header.putInt(SegmentHeader.BYTES - 4, SegmentHeader.checksum(header));
    var disk = intact.copy();
    disk.put(FIRST, header.array());

    var failure = assertThrows(StorageFailure.class, () -> open(disk));

    assertTrue(failure.getMessage().contains("has format 2"), failure.getMessage());
  }
}
