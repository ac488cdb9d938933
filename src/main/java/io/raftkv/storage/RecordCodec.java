package io.raftkv.storage;

import io.raftkv.base.Bytes;
import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.SnapshotId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Log records as bytes. An {@code Append} becomes one record for each entry; read back, each is an
 * {@code Append} of one.
 */
final class RecordCodec {
  private static final byte VOTE = 1;
  private static final byte ENTRY = 2;
  private static final byte TRUNCATE_SUFFIX = 3;
  private static final byte JOINED = 4;
  private static final byte START_AFTER = 5;
  private static final int VOTE_BYTES = 13;
  private static final int ENTRY_HEADER_BYTES = 30;
  private static final int TRUNCATE_BYTES = 9;
  private static final int JOINED_BYTES = 9;
  private static final int START_AFTER_BYTES = 25;

  private RecordCodec() {}

  /** How many bytes {@link #encode} writes. */
  static int size(LogRecord record) {
    var measure = new Measure();
    record.dispatch(measure);
    return measure.bytes;
  }

  private static final class Measure implements LogRecord.Handler {
    private int bytes;

    @Override
    public void onVote(LogRecord.Vote vote) {
      bytes = VOTE_BYTES;
    }

    @Override
    public void onAppend(LogRecord.Append append) {
      for (var entry : append.entries()) {
        bytes += ENTRY_HEADER_BYTES + entry.command().length();
      }
    }

    @Override
    public void onTruncateSuffix(LogRecord.TruncateSuffix truncate) {
      bytes = TRUNCATE_BYTES;
    }

    @Override
    public void onJoined(LogRecord.Joined joined) {
      bytes = JOINED_BYTES;
    }

    @Override
    public void onStartAfter(LogRecord.StartAfter startAfter) {
      bytes = START_AFTER_BYTES;
    }
  }

  /** Writes the record at the buffer's position, which must have room for it. */
  static void encode(LogRecord record, ByteBuffer buffer) {
    record.dispatch(new Encoder(buffer));
  }

  private record Encoder(ByteBuffer buffer) implements LogRecord.Handler {
    @Override
    public void onVote(LogRecord.Vote vote) {
      buffer.put(VOTE).putLong(vote.term()).putInt(vote.votedFor());
    }

    @Override
    public void onAppend(LogRecord.Append append) {
      for (var entry : append.entries()) {
        buffer.put(ENTRY).putLong(entry.index()).putLong(entry.term()).putLong(entry.time());
        buffer.put(entry.kind().code()).putInt(entry.command().length());
        entry.command().copyTo(buffer);
      }
    }

    @Override
    public void onTruncateSuffix(LogRecord.TruncateSuffix truncate) {
      buffer.put(TRUNCATE_SUFFIX).putLong(truncate.fromIndex());
    }

    @Override
    public void onJoined(LogRecord.Joined joined) {
      buffer.put(JOINED).putLong(joined.clusterId());
    }

    @Override
    public void onStartAfter(LogRecord.StartAfter startAfter) {
      var snapshot = startAfter.snapshot();
      buffer.put(START_AFTER).putLong(snapshot.index()).putLong(snapshot.term());
      buffer.putLong(snapshot.time());
    }
  }

  /**
   * Reads the records of one batch, in order.
   *
   * @throws IllegalArgumentException if these bytes are no records
   */
  static void decode(ByteBuffer payload, LogRecord.Handler handler) {
    try {
      while (payload.hasRemaining()) {
        decodeOne(payload, handler);
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a record is cut short", e);
    }
  }

  private static void decodeOne(ByteBuffer payload, LogRecord.Handler handler) {
    byte type = payload.get();
    switch (type) {
      case VOTE -> handler.onVote(new LogRecord.Vote(payload.getLong(), payload.getInt()));
      case ENTRY -> handler.onAppend(new LogRecord.Append(List.of(decodeEntry(payload))));
      case TRUNCATE_SUFFIX ->
          handler.onTruncateSuffix(new LogRecord.TruncateSuffix(payload.getLong()));
      case JOINED -> handler.onJoined(new LogRecord.Joined(payload.getLong()));
      case START_AFTER -> handler.onStartAfter(decodeStartAfter(payload));
      default -> throw new IllegalArgumentException("a record of type " + type);
    }
  }

  private static LogRecord.StartAfter decodeStartAfter(ByteBuffer payload) {
    return new LogRecord.StartAfter(
        new SnapshotId(payload.getLong(), payload.getLong(), payload.getLong()));
  }

  private static Entry decodeEntry(ByteBuffer payload) {
    long index = payload.getLong();
    long term = payload.getLong();
    long time = payload.getLong();
    var kind = Entry.Kind.of(payload.get());
    int length = payload.getInt();
    if (length < 0 || length > payload.remaining()) {
      throw new IllegalArgumentException("an entry of length " + length);
    }
    var command = new byte[length];
    payload.get(command);
    return new Entry(index, term, time, kind, Bytes.wrap(command));
  }
}
