package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.raftkv.base.Bytes;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A log of files of 64 KiB, the first filled almost to its end, of which it is known to the byte
 * what stands where: computed from the sizes that docs/formats.md gives, not by the code.
 */
final class LaidOutLog {
  static final int FILE_BYTES = 1 << 16;
  static final String FIRST = "log-0000000000000001";

  private static final int FILE_HEADER_BYTES = 88;
  private static final int BATCH_HEADER_BYTES = 28;
  private static final int ENTRY_HEADER_BYTES = 30;
  private static final int VOTE_BYTES = 13;
  private static final int CUT_BYTES = 9;
  private static final int CONTENT_BYTES_MAX = 450;

  private final CrashDisk disk = new CrashDisk();
  private final StorageOptions options =
      new StorageOptions(FILE_BYTES, 1 << 20, disk, new StillMachine(4));
  private final SplittableRandom random = new SplittableRandom(3);
  private final List<Batch> batches = new ArrayList<>();
  private final List<LogRecord> records = new ArrayList<>();
  private final int files;
  private final boolean atRest;
  private final byte[] firstFile;
  private final PersistentState state;
  private final PersistentState stateBeforeLastBatch;
  private long lastIndex;
  private int end = FILE_HEADER_BYTES;
  private int recordsBeforeLastBatch;

  /** What must become of a log. */
  enum Verdict {
    /** It is read as it was written. */
    INTACT,
    /** Its last batch is taken for an unfinished write. */
    CUT,
    /** The server does not start. */
    DAMAGED
  }

  /** A batch of the first file; {@code end} is behind its payload, before zeros up to the next. */
  private record Batch(int start, int end) {}

  /**
   * Writes it.
   *
   * @param atRest whether the last batch is said to be forced
   */
  LaidOutLog(int files, boolean atRest) throws IOException {
    this.files = files;
    this.atRest = atRest;
    var log = LogFiles.open(CrashDisk.DIRECTORY, 3, options);
    while (disk.segments().size() < files || (files == 1 && end < FILE_BYTES - 2_000)) {
      writeBatch(log);
    }
    if (atRest) {
      log.mark();
      addBatch(0);
    }
    log.unlock();
    assertEquals(files, disk.segments().size());
    state = stateAfter(records.size());
    stateBeforeLastBatch = stateAfter(recordsBeforeLastBatch);
    firstFile = disk.bytes(FIRST).clone();
    assertEquals(FILE_BYTES, firstFile.length);
    batches.forEach(b -> assertEquals("RKBT", Bytes.copyOf(firstFile, b.start, 4).toString()));
  }

  /** Some entries, and at times a vote or a cut before them. */
  private void writeBatch(LogFiles log) throws IOException {
    recordsBeforeLastBatch = records.size();
    int payloadBytes = 0;
    if (random.nextInt(4) == 0) {
      records.add(new LogRecord.Vote(records.size(), 2));
      payloadBytes += VOTE_BYTES;
    }
    if (lastIndex > 5 && random.nextInt(4) == 0) {
      records.add(new LogRecord.TruncateSuffix(lastIndex));
      lastIndex--;
      payloadBytes += CUT_BYTES;
    }
    for (int i = random.nextInt(3); i >= 0; i--) {
      int contentBytes = random.nextInt(CONTENT_BYTES_MAX);
      records.add(Recorder.append(++lastIndex, 1, contentBytes));
      payloadBytes += ENTRY_HEADER_BYTES + contentBytes;
    }
    log.gather(records.subList(recordsBeforeLastBatch, records.size()));
    log.flush();
    if (disk.segments().size() == 1) {
      addBatch(payloadBytes);
    }
  }

  private void addBatch(int payloadBytes) {
    int payloadEnd = end + BATCH_HEADER_BYTES + payloadBytes;
    batches.add(new Batch(end, payloadEnd));
    end = (payloadEnd + 7) / 8 * 8;
  }

  CrashDisk disk() {
    return disk;
  }

  StorageOptions options() {
    return options;
  }

  int files() {
    return files;
  }

  byte[] firstFile() {
    return firstFile;
  }

  PersistentState state() {
    return state;
  }

  PersistentState stateBeforeLastBatch() {
    return stateBeforeLastBatch;
  }

  private PersistentState stateAfter(int count) {
    var fold = new PersistentState.Fold();
    records.subList(0, count).forEach(record -> record.dispatch(fold));
    return fold.state();
  }

  /** What must become of the log if a bit at this offset of the first file is not as it was. */
  Verdict ofFlipAt(int offset) {
    if (offset < FILE_HEADER_BYTES) {
      return Verdict.DAMAGED;
    }
    if (offset >= end) {
      return files == 1 ? Verdict.INTACT : Verdict.DAMAGED;
    }
    int number = numberAt(offset);
    if (offset >= batches.get(number).end) {
      return Verdict.INTACT;
    }
    if (files > 1 || number < batches.size() - 1) {
      return Verdict.DAMAGED;
    }
    return atRest ? Verdict.INTACT : Verdict.CUT;
  }

  private int numberAt(int offset) {
    int number = batches.size() - 1;
    while (batches.get(number).start > offset) {
      number--;
    }
    return number;
  }

  /** Whether this byte is of a header, of the head of a record, or of a gap. */
  boolean isSmall(int offset) {
    if (offset < FILE_HEADER_BYTES) {
      return true;
    }
    if (offset >= end) {
      return offset < end + 8;
    }
    var batch = batches.get(numberAt(offset));
    return offset < batch.start + BATCH_HEADER_BYTES + ENTRY_HEADER_BYTES
        || offset >= batch.end - 1;
  }

  /** Where begins what this offset is part of: the file, a batch, or the unused rest. */
  int startOfWhatIsAt(int offset) {
    if (offset < FILE_HEADER_BYTES) {
      return 0;
    }
    return offset >= end ? end : batches.get(numberAt(offset)).start;
  }
}
