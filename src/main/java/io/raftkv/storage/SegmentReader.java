package io.raftkv.storage;

import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads one log file and tells a torn tail from damage. At most one batch of a log is ever
 * unforced, the last; so if anything intact stands behind what is not, forced bytes have gone bad.
 */
final class SegmentReader {
  private final Path file;
  private final ByteBuffer segment;
  private final SegmentHeader header;
  private int position = SegmentHeader.BYTES;
  private int lastBatch = SegmentHeader.BYTES;
  private int chain;
  private long batches;
  private boolean marked = true;

  /**
   * @param segment the whole file
   */
  SegmentReader(Path file, ByteBuffer segment) {
    this.file = file;
    this.segment = segment;
    this.header = SegmentHeader.decode(file, segment);
    this.chain = SegmentHeader.checksum(segment);
    this.batches = header.batches();
    header.checkLength(file, segment.limit());
  }

  SegmentHeader header() {
    return header;
  }

  /** Where the intact batches end. */
  int position() {
    return position;
  }

  /**
   * The last intact batch as it stands in the file, from the position of the result; may be empty.
   */
  ByteBuffer lastBatch() {
    return segment.duplicate().position(lastBatch).limit(Math.min(position, segment.limit()));
  }

  /** Where the log goes on, if this is its newest file. */
  Recovery.End end() {
    return new Recovery.End(header, position, chain, batches, marked);
  }

  /** Reads all intact batches, from the first. */
  void read(PersistentState.Fold fold) {
    while (isIntact()) {
      readOne(fold);
    }
    checkTail(fold);
    long intact = BatchHeader.next(segment, header.incarnation(), header.number(), position + 8);
    if (intact >= 0) {
      throw StorageFailure.damaged(
          file,
          position,
          "the log is damaged behind entry %d, and intact again at byte %d"
              .formatted(fold.lastIndex(), intact));
    }
  }

  /**
   * One unfinished batch reaches no further than its header says. What stands behind it came after
   * it had been forced.
   */
  private void checkTail(PersistentState.Fold fold) {
    if (BatchHeader.isAt(segment, place(position))) {
      long end = (long) position + BatchHeader.room(payloadBytes());
      if (payloadBytes() >= 0 && garbageEnd() > end) {
        throw StorageFailure.damaged(
            file,
            position,
            "the log is damaged behind entry %d, and goes on at byte %d"
                .formatted(fold.lastIndex(), end));
      }
    }
  }

  private int payloadBytes() {
    return BatchHeader.decode(segment, position).payloadBytes();
  }

  /** Where behind the intact batches there are only zeros any more: their end, if at once. */
  int garbageEnd() {
    int end = segment.limit();
    while (end > position && segment.get(end - 1) == 0) {
      end--;
    }
    return end;
  }

  private boolean isIntact() {
    if (!BatchHeader.isAt(segment, place(position))) {
      return false;
    }
    var batch = BatchHeader.decode(segment, position);
    int start = position + BatchHeader.BYTES;
    return batch.payloadBytes() >= 0
        && batch.payloadBytes() <= segment.limit() - start
        && batch.payloadChecksum() == BatchHeader.payloadChecksum(payload(batch));
  }

  private ByteBuffer payload(BatchHeader batch) {
    int start = position + BatchHeader.BYTES;
    return segment.duplicate().position(start).limit(start + batch.payloadBytes());
  }

  private void readOne(LogRecord.Handler handler) {
    var batch = BatchHeader.decode(segment, position);
    batch.checkFollows(file, position, chain, batches);
    try {
      RecordCodec.decode(payload(batch), handler);
    } catch (IllegalArgumentException e) {
      throw StorageFailure.damaged(file, position, String.valueOf(e.getMessage()));
    }
    chain = BatchHeader.checksumAt(segment, position);
    batches = batch.number();
    marked = batch.payloadBytes() == 0;
    lastBatch = position;
    position += BatchHeader.room(batch.payloadBytes());
  }

  private BatchHeader.Place place(int offset) {
    return new BatchHeader.Place(header.incarnation(), header.number(), offset);
  }
}
