package io.raftkv.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Reads a log file that is not the newest once more, a window at a time, and judges as {@link
 * SegmentReader} does at a start: batches that follow each other, then zeros, and the next file
 * goes on where this one ends. It does not need the whole file in memory, nor what the records say.
 */
final class SegmentCheck implements FileCheck {
  /** How much is read at once. */
  static final int WINDOW_BYTES = 1 << 16;

  private final Path path;
  private final Disk.File file;
  private final Disk disk;
  private final long incarnation;
  private final long number;
  private final ByteBuffer window;
  private final CRC32C payloadChecksum = new CRC32C();
  private Part part = Part.HEADER;
  private long size;
  private long position;
  private int chain;
  private long batches;
  private long batchStart;
  private int expectedChecksum;
  private int left;
  private int gap;

  /** What is to be read next. */
  private enum Part {
    HEADER,
    BATCH,
    PAYLOAD,
    ZEROS
  }

  /**
   * @param path its name, which says which file of the log it is
   * @param incarnation whose log it is
   * @param window of {@link #WINDOW_BYTES}, the caller's to use again for the next file
   */
  SegmentCheck(Path path, Disk.File file, Disk disk, long incarnation, ByteBuffer window) {
    this.path = path;
    this.file = file;
    this.disk = disk;
    this.incarnation = incarnation;
    this.window = window;
    number = SegmentName.number(String.valueOf(path.getFileName()));
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public int readOn() throws IOException {
    if (part == Part.HEADER) {
      size = file.size();
    } else if (position >= size) {
      checkNext();
      return 0;
    }
    window.clear();
    file.read(window, position);
    window.flip();
    if (window.limit() < Math.min(window.capacity(), size - position)) {
      throw damaged(position + window.limit(), "the file is cut short");
    }
    boolean goesOn = true;
    while (goesOn) {
      goesOn = readPart();
    }
    position += window.position();
    return window.limit();
  }

  /** Goes on to the next part; returns false if the window holds too little of it. */
  private boolean readPart() {
    return switch (part) {
      case HEADER -> readHeader();
      case BATCH -> readBatchHeader();
      case PAYLOAD -> readPayload();
      case ZEROS -> readZeros();
    };
  }

  private boolean readHeader() {
    if (window.limit() < SegmentHeader.BYTES) {
      throw damaged(size, "the file is cut short");
    }
    if (!SegmentHeader.isIntact(window)) {
      throw damaged(0, "the file's header is damaged");
    }
    var header = SegmentHeader.decode(path, window);
    if (header.incarnation() != incarnation || header.number() != number) {
      throw damaged(0, "this was file " + header.number() + " of " + header.incarnation());
    }
    header.checkLength(path, size);
    chain = SegmentHeader.checksum(window);
    batches = header.batches();
    window.position(SegmentHeader.BYTES);
    part = Part.BATCH;
    return true;
  }

  private boolean readBatchHeader() {
    skipGap();
    batchStart = position + window.position();
    if (gap > 0 || (window.remaining() < BatchHeader.BYTES && endOfWindow() < size)) {
      return false;
    }
    int at = window.position();
    if (!BatchHeader.isAt(window, at, new BatchHeader.Place(incarnation, number, batchStart))) {
      part = Part.ZEROS;
      return true;
    }
    var batch = BatchHeader.decode(window, at);
    batch.checkFollows(path, batchStart, chain, batches);
    if (batch.payloadBytes() < 0 || batch.payloadBytes() > size - batchStart - BatchHeader.BYTES) {
      throw damaged(batchStart, "batch " + batch.number() + " is longer than the file");
    }
    chain = BatchHeader.checksumAt(window, at);
    begin(batch);
    return true;
  }

  private long endOfWindow() {
    return position + window.limit();
  }

  /** Batches begin at multiples of 8; what stands between two means nothing. */
  private void skipGap() {
    int skipped = Math.min(gap, window.remaining());
    window.position(window.position() + skipped);
    gap -= skipped;
  }

  private void begin(BatchHeader batch) {
    batches = batch.number();
    expectedChecksum = batch.payloadChecksum();
    payloadChecksum.reset();
    left = batch.payloadBytes();
    gap = BatchHeader.room(left) - BatchHeader.BYTES - left;
    window.position(window.position() + BatchHeader.BYTES);
    part = Part.PAYLOAD;
  }

  private boolean readPayload() {
    int end = window.position() + Math.min(left, window.remaining());
    left -= end - window.position();
    payloadChecksum.update(window.duplicate().limit(end));
    window.position(end);
    if (left > 0) {
      return false;
    }
    if ((int) payloadChecksum.getValue() != expectedChecksum) {
      throw damaged(batchStart, "the log is damaged in batch " + batches);
    }
    part = Part.BATCH;
    return true;
  }

  private boolean readZeros() {
    while (window.hasRemaining()) {
      if (window.get() != 0) {
        throw damaged(batchStart, "the log is damaged behind batch " + batches);
      }
    }
    return false;
  }

  /** If its last batches became zeros, only the file behind it knows that there were more. */
  private void checkNext() throws IOException {
    var next = path.resolveSibling(SegmentName.of(number + 1));
    var opened = disk.openIfThere(next);
    if (opened.isPresent()) {
      try (var open = opened.get()) {
        var follows = header(next, open);
        if (follows.isPresent() && !isFollowedBy(follows.get())) {
          throw damaged(batchStart, "the file has lost its end, behind batch " + batches);
        }
      }
    }
  }

  private boolean isFollowedBy(SegmentHeader next) {
    return next.chain() == chain && next.batches() == batches;
  }

  /** The header of another file, if it is intact; else that is said where that file is read. */
  private Optional<SegmentHeader> header(Path other, Disk.File open) throws IOException {
    window.clear().limit(SegmentHeader.BYTES);
    open.read(window, 0);
    window.flip();
    return SegmentHeader.ifIntact(other, window);
  }

  private StorageFailure damaged(long at, String what) {
    return StorageFailure.damaged(path, at, what);
  }
}
