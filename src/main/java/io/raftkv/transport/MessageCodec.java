package io.raftkv.transport;

import io.raftkv.base.Bytes;
import io.raftkv.raft.Entry;
import io.raftkv.raft.Message;
import io.raftkv.raft.Message.StateDigest.Basis;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Messages as bytes, big-endian. What is decoded shares nothing with the bytes it came from. */
public final class MessageCodec {
  private static final byte REQUEST_VOTE = 1;
  private static final byte REQUEST_VOTE_REPLY = 2;
  private static final byte APPEND_ENTRIES = 3;
  private static final byte APPEND_ENTRIES_REPLY = 4;
  private static final byte TIMEOUT_NOW = 5;
  private static final byte PROPOSE = 6;
  private static final byte READ_INDEX = 7;
  private static final byte READ_INDEX_REPLY = 8;
  private static final byte ACKNOWLEDGED = 9;
  private static final byte STATE_DIGEST = 10;
  private static final int ENTRY_HEADER_BYTES = 21;

  private MessageCodec() {}

  /** How many bytes {@link #encode} writes. */
  public static int size(Message message) {
    var measure = new Measure();
    message.dispatch(0, measure);
    return measure.bytes;
  }

  /** Writes the message at the buffer's position. */
  public static void encode(Message message, ByteBuffer buffer) {
    message.dispatch(0, new Encoder(buffer));
  }

  private static final class Measure implements Message.Handler {
    private int bytes;

    @Override
    public void onRequestVote(int from, Message.RequestVote message) {
      bytes = 1 + 24 + 2;
    }

    @Override
    public void onRequestVoteReply(int from, Message.RequestVoteReply message) {
      bytes = 1 + 24 + 2;
    }

    @Override
    public void onAppendEntries(int from, Message.AppendEntries message) {
      bytes = 1 + 48 + 4;
      for (var entry : message.entries()) {
        bytes += ENTRY_HEADER_BYTES + entry.command().length();
      }
    }

    @Override
    public void onAppendEntriesReply(int from, Message.AppendEntriesReply message) {
      bytes = 1 + 40 + 2;
    }

    @Override
    public void onTimeoutNow(int from, Message.TimeoutNow message) {
      bytes = 1 + 8;
    }

    @Override
    public void onPropose(int from, Message.Propose message) {
      bytes = 1 + 4;
      for (var command : message.commands()) {
        bytes += 4 + command.length();
      }
    }

    @Override
    public void onReadIndex(int from, Message.ReadIndex message) {
      bytes = 1 + 8;
    }

    @Override
    public void onReadIndexReply(int from, Message.ReadIndexReply message) {
      bytes = 1 + 16;
    }

    @Override
    public void onAcknowledged(int from, Message.Acknowledged message) {
      bytes = 1 + 40;
    }

    @Override
    public void onStateDigest(int from, Message.StateDigest message) {
      bytes = 1 + 20 + 1;
    }
  }

  private record Encoder(ByteBuffer buffer) implements Message.Handler {
    @Override
    public void onRequestVote(int from, Message.RequestVote message) {
      buffer.put(REQUEST_VOTE).putLong(message.term()).putLong(message.lastLogIndex());
      buffer.putLong(message.lastLogTerm());
      putBoolean(message.preVote());
      putBoolean(message.transfer());
    }

    @Override
    public void onRequestVoteReply(int from, Message.RequestVoteReply message) {
      buffer.put(REQUEST_VOTE_REPLY).putLong(message.term()).putLong(message.heardTime());
      buffer.putLong(message.wallTime());
      putBoolean(message.voteGranted());
      putBoolean(message.preVote());
    }

    @Override
    public void onAppendEntries(int from, Message.AppendEntries message) {
      buffer.put(APPEND_ENTRIES).putLong(message.term()).putLong(message.prevLogIndex());
      buffer.putLong(message.prevLogTerm()).putLong(message.leaderCommit());
      buffer.putLong(message.round()).putLong(message.time()).putInt(message.entries().size());
      for (var entry : message.entries()) {
        buffer.putLong(entry.term()).putLong(entry.time()).put(entry.kind().code());
        putBytes(entry.command());
      }
    }

    @Override
    public void onAppendEntriesReply(int from, Message.AppendEntriesReply message) {
      buffer.put(APPEND_ENTRIES_REPLY).putLong(message.term()).putLong(message.matchIndex());
      buffer.putLong(message.hintIndex()).putLong(message.hintTerm()).putLong(message.round());
      putBoolean(message.success());
      putBoolean(message.shortOfRoom());
    }

    @Override
    public void onTimeoutNow(int from, Message.TimeoutNow message) {
      buffer.put(TIMEOUT_NOW).putLong(message.term());
    }

    @Override
    public void onPropose(int from, Message.Propose message) {
      buffer.put(PROPOSE).putInt(message.commands().size());
      message.commands().forEach(this::putBytes);
    }

    @Override
    public void onReadIndex(int from, Message.ReadIndex message) {
      buffer.put(READ_INDEX).putLong(message.readId());
    }

    @Override
    public void onReadIndexReply(int from, Message.ReadIndexReply message) {
      buffer.put(READ_INDEX_REPLY).putLong(message.readId()).putLong(message.index());
    }

    @Override
    public void onAcknowledged(int from, Message.Acknowledged message) {
      buffer.put(ACKNOWLEDGED).putLong(message.term()).putLong(message.clusterId());
      buffer.putLong(message.incarnation());
      buffer.putLong(message.index()).putLong(message.indexTerm());
    }

    @Override
    public void onStateDigest(int from, Message.StateDigest message) {
      buffer.put(STATE_DIGEST).putLong(message.index()).putLong(message.hash());
      buffer.putInt(message.version());
      buffer.put(message.basis().code());
    }

    private void putBoolean(boolean value) {
      buffer.put((byte) (value ? 1 : 0));
    }

    private void putBytes(Bytes bytes) {
      buffer.putInt(bytes.length());
      bytes.copyTo(buffer);
    }
  }

  /** Reads one message, which must take up all of {@code buffer}. */
  public static Message decode(ByteBuffer buffer) throws WireException {
    try {
      var message = decodeOne(buffer);
      if (buffer.hasRemaining()) {
        throw new WireException(buffer.remaining() + " bytes behind a message");
      }
      return message;
    } catch (BufferUnderflowException e) {
      throw new WireException("a message is cut short");
    }
  }

  private static Message decodeOne(ByteBuffer in) throws WireException {
    byte type = in.get();
    return switch (type) {
      case REQUEST_VOTE ->
          new Message.RequestVote(
              in.getLong(), in.getLong(), in.getLong(), getBoolean(in), getBoolean(in));
      case REQUEST_VOTE_REPLY -> decodeVoteReply(in);
      case APPEND_ENTRIES -> decodeAppend(in);
      case APPEND_ENTRIES_REPLY -> decodeAppendReply(in);
      case TIMEOUT_NOW -> new Message.TimeoutNow(in.getLong());
      case PROPOSE -> decodePropose(in);
      case READ_INDEX -> new Message.ReadIndex(in.getLong());
      case READ_INDEX_REPLY -> new Message.ReadIndexReply(in.getLong(), in.getLong());
      case ACKNOWLEDGED ->
          new Message.Acknowledged(
              in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
      case STATE_DIGEST ->
          new Message.StateDigest(in.getLong(), in.getLong(), in.getInt(), basis(in.get()));
      default -> throw new WireException("a message of type " + type);
    };
  }

  private static Message decodeVoteReply(ByteBuffer in) throws WireException {
    long term = in.getLong();
    long heardTime = in.getLong();
    long wallTime = in.getLong();
    return new Message.RequestVoteReply(term, getBoolean(in), getBoolean(in), heardTime, wallTime);
  }

  private static Message decodeAppend(ByteBuffer in) throws WireException {
    long term = in.getLong();
    long prevIndex = in.getLong();
    long prevTerm = in.getLong();
    long commit = in.getLong();
    long round = in.getLong();
    long time = in.getLong();
    int count = count(in, ENTRY_HEADER_BYTES);
    var entries = new ArrayList<Entry>(count);
    for (int i = 1; i <= count; i++) {
      entries.add(
          new Entry(prevIndex + i, in.getLong(), in.getLong(), kind(in.get()), getBytes(in)));
    }
    return new Message.AppendEntries(term, prevIndex, prevTerm, entries, commit, round, time);
  }

  private static Message decodeAppendReply(ByteBuffer in) throws WireException {
    long term = in.getLong();
    long match = in.getLong();
    long hintIndex = in.getLong();
    long hintTerm = in.getLong();
    long round = in.getLong();
    boolean success = getBoolean(in);
    return new Message.AppendEntriesReply(
        term, success, match, hintIndex, hintTerm, round, getBoolean(in));
  }

  private static Message decodePropose(ByteBuffer in) throws WireException {
    int count = count(in, 4);
    List<Bytes> commands = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      commands.add(getBytes(in));
    }
    return new Message.Propose(commands);
  }

  /** A number of things, each of which takes so many bytes at least. */
  private static int count(ByteBuffer in, int bytesEach) throws WireException {
    int count = in.getInt();
    if (count < 0 || (long) count * bytesEach > in.remaining()) {
      throw new WireException("a count of " + count + " before " + in.remaining() + " bytes");
    }
    return count;
  }

  private static Bytes getBytes(ByteBuffer in) throws WireException {
    int length = count(in, 1);
    var bytes = new byte[length];
    in.get(bytes);
    return Bytes.wrap(bytes);
  }

  private static boolean getBoolean(ByteBuffer in) throws WireException {
    byte value = in.get();
    if (value != 0 && value != 1) {
      throw new WireException("a yes or no of " + value);
    }
    return value == 1;
  }

  private static Basis basis(byte code) throws WireException {
    return known(Basis::of, code);
  }

  private static Entry.Kind kind(byte code) throws WireException {
    return known(Entry.Kind::of, code);
  }

  private static <T> T known(IntFunction<T> meanings, byte code) throws WireException {
    try {
      return meanings.apply(code);
    } catch (IllegalArgumentException e) {
      throw new WireException(String.valueOf(e.getMessage()));
    }
  }
}
