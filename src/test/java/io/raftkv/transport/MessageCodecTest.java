package io.raftkv.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.raftkv.base.Bytes;
import io.raftkv.raft.Entry;
import io.raftkv.raft.Message;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
  private static final Entry ENTRY =
      new Entry(6, 3, 1_234, Entry.Kind.COMMAND, Bytes.utf8("command"));

  static final List<Message> SAMPLES =
      List.of(
          new Message.RequestVote(7, 5, 3, true, false),
          new Message.RequestVote(7, 5, 3, false, true),
          new Message.RequestVoteReply(7, true, false, -1, 99),
          new Message.RequestVoteReply(Long.MAX_VALUE, false, true, 5, 99),
          new Message.AppendEntries(7, 5, 3, List.of(), 4, 2, 1_000),
          new Message.AppendEntries(
              7,
              5,
              3,
              List.of(ENTRY, new Entry(7, 3, 1_235, Entry.Kind.EMPTY, Bytes.EMPTY)),
              4,
              2,
              1_000),
          new Message.AppendEntriesReply(7, true, 5, 0, 0, 3),
          new Message.AppendEntriesReply(7, false, 9, 4, 2, 3),
          new Message.TimeoutNow(7),
          new Message.Propose(List.of(Bytes.utf8("a"), Bytes.EMPTY, Bytes.utf8("bcd"))),
          new Message.ReadIndex(-4),
          new Message.ReadIndexReply(-4, 17));

  static byte[] encode(Message message) {
    var buffer = ByteBuffer.allocate(MessageCodec.size(message));
    MessageCodec.encode(message, buffer);
    assertEquals(0, buffer.remaining(), "the size is exact");
    return buffer.array();
  }

  @Test
  void everyMessageComesBackAsItWas() throws WireException {
    for (var sample : SAMPLES) {
      assertEquals(sample, MessageCodec.decode(ByteBuffer.wrap(encode(sample))));
    }
  }

  @Test
  void aMessageThatIsCutShortIsRefused() {
    for (var sample : SAMPLES) {
      var bytes = encode(sample);
      for (int length = 0; length < bytes.length; length++) {
        var cut = ByteBuffer.wrap(bytes, 0, length).slice();
        assertThrows(WireException.class, () -> MessageCodec.decode(cut), sample + " " + length);
      }
    }
  }

  @Test
  void bytesBehindAMessageAreRefused() {
    for (var sample : SAMPLES) {
      var bytes = java.util.Arrays.copyOf(encode(sample), encode(sample).length + 1);
      assertThrows(WireException.class, () -> MessageCodec.decode(ByteBuffer.wrap(bytes)));
    }
  }

  @Test
  void aFlippedBitIsRefusedOrMakesAnotherMessage() {
    for (var sample : SAMPLES) {
      var bytes = encode(sample);
      for (int bit = 0; bit < 8 * bytes.length; bit++) {
        var flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        try {
          assertNotEquals(sample, MessageCodec.decode(ByteBuffer.wrap(flipped)));
        } catch (WireException refused) {
          assertNotEquals("", refused.getMessage());
        }
      }
    }
  }

  @Test
  void nonsenseIsRefusedWithoutMuchAdo() {
    var random = new SplittableRandom(1);
    for (int i = 0; i < 100_000; i++) {
      var bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      if (bytes.length > 0) {
        bytes[0] = (byte) random.nextInt(10);
      }
      try {
        MessageCodec.decode(ByteBuffer.wrap(bytes));
      } catch (WireException refused) {
        assertNotEquals("", refused.getMessage());
      }
    }
  }

  @Test
  void anAbsurdCountIsRefusedBeforeAnythingIsAllocated() {
    var buffer = ByteBuffer.allocate(60);
    buffer.put((byte) 6).putInt(Integer.MAX_VALUE).flip();

    assertThrows(WireException.class, () -> MessageCodec.decode(buffer));
  }
}
