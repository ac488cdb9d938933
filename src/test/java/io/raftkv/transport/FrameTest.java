package io.raftkv.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.raftkv.raft.Message;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static byte[] frames() {
    var all = new ByteArrayOutputStream();
    for (var message : MessageCodecTest.SAMPLES) {
      var bytes = MessageCodecTest.encode(message);
      var buffer = ByteBuffer.allocate(Frame.HEADER_BYTES + bytes.length);
      buffer.position(Frame.HEADER_BYTES).put(bytes);
      Frame.finish(buffer, 0, Frame.Type.MESSAGE);
      all.writeBytes(Frame.empty(Frame.Type.PING));
      all.writeBytes(buffer.array());
    }
    return all.toByteArray();
  }

  private static List<Message> decode(byte[] bytes, int... cuts) throws WireException {
    var decoder = new FrameDecoder(1 << 20);
    var messages = new ArrayList<Message>();
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : bytes.length;
      decoder.add(Arrays.copyOfRange(bytes, from, to));
      for (var frame = decoder.next(); frame.isPresent(); frame = decoder.next()) {
        if (frame.get().type() == Frame.Type.MESSAGE) {
          messages.add(MessageCodec.decode(frame.get().payload()));
        }
      }
      from = to;
    }
    return messages;
  }

  @Test
  void framesComeOutTheSameHoweverTheyAreCut() throws WireException {
    var bytes = frames();

    for (int cut = 0; cut <= bytes.length; cut++) {
      assertEquals(MessageCodecTest.SAMPLES, decode(bytes, cut));
    }
    var single = new int[bytes.length];
    Arrays.setAll(single, i -> i);
    assertEquals(MessageCodecTest.SAMPLES, decode(bytes, single));
  }

  @Test
  void noFlippedBitGetsThrough() throws WireException {
    var bytes = frames();
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      var flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        var messages = decode(flipped);
        assertEquals(MessageCodecTest.SAMPLES.subList(0, messages.size()), messages);
        assertEquals(true, messages.size() < MessageCodecTest.SAMPLES.size());
      } catch (WireException refused) {
        assertEquals(WireException.class, refused.getClass());
      }
    }
  }

  @Test
  void aFrameLongerThanAllowedIsRefusedAtItsHeader() {
    var decoder = new FrameDecoder(100);
    decoder.add(ByteBuffer.allocate(Frame.HEADER_BYTES).putInt(0, 101).array());

    assertThrows(WireException.class, decoder::next);
  }

  @Test
  void whatOtherProtocolsSayIsNoFrame() {
    for (var text :
        List.of(
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003")) {
      var decoder = new FrameDecoder(Hello.BYTES_MAX);
      decoder.add(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));

      assertThrows(WireException.class, decoder::next);
    }
  }
}
