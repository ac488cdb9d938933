package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a disk that lies can do to a log. */
class RareDamageTest {
  private static final String FIRST = SegmentName.of(1);
  private static final int VALUE_BYTES = 40;
  private static final int BATCH_BYTES = BatchHeader.room(30 + VALUE_BYTES);

  private static LogFiles open(MemoryFiles disk) {
    var options = new StorageOptions(1 << 12, 1 << 20).withDisk(disk);
    return LogFiles.open(MemoryFiles.DIRECTORY, 3, options);
  }

  /** Writes each entry as a batch of its own, and goes away. */
  private static void write(MemoryFiles disk, long from, long to, long term) throws IOException {
    var files = open(disk);
    for (long index = from; index <= to; index++) {
      files.gather(List.of(Recorder.append(index, term, VALUE_BYTES)));
      files.flush();
    }
    files.closeLog();
    files.unlock();
  }

  /** The batch is intact and stands where it stood once; what came before and after is another. */
  @Test
  void aBatchOfAnotherHistoryIsFound() throws IOException {
    var disk = new MemoryFiles();
    write(disk, 1, 1, 1);
    var other = disk.copy();
    write(other, 2, 3, 1);
    write(disk, 2, 3, 2);

    var bytes = disk.bytes(FIRST);
    int second = SegmentHeader.BYTES + BATCH_BYTES;
    System.arraycopy(other.bytes(FIRST), second, bytes, second, BATCH_BYTES);
    disk.put(FIRST, bytes);

    assertThrows(StorageFailure.class, () -> open(disk));
  }

  @Test
  void anOlderFileWithADamagedEndStaysAsItIs() throws IOException {
    var disk = new MemoryFiles();
    write(disk, 1, 100, 1);
    assertTrue(disk.segments().size() > 1);
    var bytes = disk.bytes(FIRST);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    bytes[end - 1] ^= 1;
    disk.put(FIRST, bytes);

    assertThrows(StorageFailure.class, () -> open(disk));

    assertArrayEquals(bytes, disk.bytes(FIRST));
  }
}
