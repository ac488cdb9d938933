package io.raftkv.storage;

import io.raftkv.raft.LogRecord;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The write-ahead log, to write: gathers records into a batch, writes it with one write and forces
 * it once. Only the disk thread may use it.
 */
final class Wal {
  /** The first file is small, so that a new server need not wait for a big one. */
  private static final int FIRST_SEGMENT_BYTES = 1 << 20;

  /** Each file keeps room for the mark behind its last batch. */
  private static final int MARK_ROOM = BatchHeader.room(0);

  private final DataDirectory directory;
  private final Disk disk;
  private final StorageOptions options;
  private final NoSpace noSpace;
  private final SpareSegment spare;
  private ByteBuffer buffer = emptyBuffer();
  private LogSummary gathered;
  private LogSummary written;
  private Disk.File file;
  private SegmentHeader header;
  private int position;
  private int chain;
  private long batches;
  private boolean marked = true;

  Wal(DataDirectory directory, StorageOptions options, NoSpace noSpace, Recovery.Result recovered)
      throws IOException {
    this.directory = directory;
    disk = options.disk();
    this.options = options;
    this.noSpace = noSpace;
    spare = new SpareSegment(directory.path(), options, noSpace);
    gathered = recovered.summary();
    written = gathered;
    if (recovered.end().isPresent()) {
      var end = recovered.end().get();
      header = end.header();
      position = end.position();
      chain = end.chain();
      batches = end.batches();
      marked = end.marked();
      file = disk.open(directory.path().resolve(SegmentName.of(header.number())));
    } else {
      spare.take(Math.min(FIRST_SEGMENT_BYTES, options.segmentBytes()));
      header = begin(1, Math.min(FIRST_SEGMENT_BYTES, options.segmentBytes()));
      file = openSegment();
    }
  }

  /** How many bytes of records wait to be written. */
  int gatheredBytes() {
    return buffer.position() - BatchHeader.BYTES;
  }

  void gather(LogRecord record) {
    int bytes = RecordCodec.size(record);
    if (buffer.remaining() < bytes) {
      int wanted = Math.max(2 * buffer.capacity(), buffer.position() + bytes);
      buffer = ByteBuffer.allocateDirect(wanted).put(buffer.flip());
    }
    RecordCodec.encode(record, buffer);
    gathered = gathered.after(record);
  }

  /** Writes what was gathered, and forces it. */
  void flush() throws IOException {
    if (gatheredBytes() > 0) {
      int room = BatchHeader.room(gatheredBytes()) + MARK_ROOM;
      if (room > header.fileBytes() - position) {
        roll(room);
      }
      writeBatch();
      written = gathered;
      marked = false;
      if (buffer.capacity() > 2 * options.batchBytesMax()) {
        buffer = emptyBuffer();
      }
      if (position - SegmentHeader.BYTES > header.fileBytes() / 4) {
        spare.prepare(options.segmentBytes());
      }
    }
  }

  /**
   * Says behind the last batch that it was forced, so that it cannot be taken for an unfinished one
   * if it goes bad. A log that is at rest says so once.
   */
  void mark() throws IOException {
    if (!marked && MARK_ROOM <= header.fileBytes() - position) {
      writeBatch();
    }
    marked = true;
  }

  private static ByteBuffer emptyBuffer() {
    return ByteBuffer.allocateDirect(1 << 16).position(BatchHeader.BYTES);
  }

  private void writeBatch() throws IOException {
    buffer.flip();
    int payloadBytes = buffer.limit() - BatchHeader.BYTES;
    var payload = buffer.duplicate().position(BatchHeader.BYTES);
    var batch =
        new BatchHeader(payloadBytes, chain, BatchHeader.payloadChecksum(payload), batches + 1);
    var place = new BatchHeader.Place(header.incarnation(), header.number(), position);
    int checksum = batch.encode(buffer.position(0), place);
    noSpace.outwait(() -> file.write(buffer.position(0), position));
    file.force();
    chain = checksum;
    batches++;
    position += BatchHeader.room(payloadBytes);
    buffer.clear().position(BatchHeader.BYTES);
  }

  /** Goes on in a new file, with at least this much room. */
  private void roll(int room) throws IOException {
    long bytes = Math.max(options.segmentBytes(), SegmentHeader.BYTES + (long) room);
    spare.take(bytes);
    file.close();
    header = begin(header.number() + 1, bytes);
    file = openSegment();
  }

  /** Makes the spare file a segment: its header is forced before it has its name. */
  private SegmentHeader begin(long number, long bytes) throws IOException {
    var identity = directory.identity();
    var next = new SegmentHeader(identity.incarnation(), number, bytes, chain, batches, written);
    var encoded = next.encode();
    chain = encoded.getInt(SegmentHeader.BYTES - 4);
    position = SegmentHeader.BYTES;
    noSpace.outwait(() -> writeHeader(encoded.position(0)));
    disk.rename(spare.path(), directory.path().resolve(SegmentName.of(number)));
    disk.forceDirectory(directory.path());
    noSpace.outwait(() -> directory.save(identity.withNewestSegment(number)));
    return next;
  }

  private void writeHeader(ByteBuffer encoded) throws IOException {
    try (var open = disk.open(spare.path())) {
      open.write(encoded, 0);
      ForceFailure.guard(open::force);
    }
  }

  private Disk.File openSegment() throws IOException {
    return disk.open(directory.path().resolve(SegmentName.of(header.number())));
  }

  void close() throws IOException {
    spare.close();
    file.close();
  }
}
