package io.raftkv.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.bus.Identity;
import io.raftkv.raft.Entry;
import io.raftkv.raft.Message;
import io.raftkv.raft.SnapshotId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What servers that speak version 4 say to each other, byte for byte, as it was written down once.
 * A server that says or understands anything else must name another version in its hello.
 */
class GoldenFramesTest {
  private static final String FILE = "/golden/frames-4.txt";
  private static final String NOTHING = "nothing";
  private static final HexFormat HEX = HexFormat.of();

  private static final List<Integer> MEMBERS = List.of(0, 1, 2);
  private static final Identity EMPTY_SERVER = new Identity(1, 0x1122334455667788L, 0);
  private static final Identity JOINED_SERVER = new Identity(1, 0x1122334455667788L, 0x0107);
  private static final Identity DIALLER = new Identity(2, -3, 0x0107);
  private static final long NONCE = -5;

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry(0x0106, 3, 1_234, Entry.Kind.EMPTY, Bytes.EMPTY),
          new Entry(0x0107, 0x0304, 0x0102030405L, Entry.Kind.COMMAND, Bytes.utf8("command")),
          new Entry(0x0108, 0x0305, 0x0102030406L, Entry.Kind.CONFIGURATION, Bytes.utf8("seats")));

  private static final Map<String, Said> SAID =
      Map.ofEntries(
          Map.entry("hello", hello(Frame.Type.HELLO, EMPTY_SERVER, Hello.ANYBODY)),
          Map.entry("hello-back", hello(Frame.Type.HELLO_BACK, DIALLER, 1)),
          Map.entry("welcome", nothing(Frame.Type.WELCOME)),
          Map.entry("identity", hello(Frame.Type.IDENTITY, JOINED_SERVER, Hello.ANYBODY)),
          Map.entry("snapshot-hello", hello(Frame.Type.SNAPSHOT_HELLO, DIALLER, 1)),
          Map.entry("offer", offer(new Offer(new SnapshotId(0x0105, 0x0103, 0x0102), 0x010203))),
          Map.entry("want", payload(Frame.Type.WANT, 0x010000)),
          Map.entry("chunk", payload(Frame.Type.CHUNK, 0x010000, 0x4142434445464748L)),
          Map.entry("operator-hello", operatorHello()),
          Map.entry("request", words(Frame.Type.REQUEST, "add 5")),
          Map.entry("reply", words(Frame.Type.REPLY, "ok")),
          Map.entry("delivered", nothing(Frame.Type.DELIVERED)),
          Map.entry("ping", nothing(Frame.Type.PING)),
          Map.entry("pong", nothing(Frame.Type.PONG)),
          Map.entry("pre-vote", message(new Message.RequestVote(0x0107, 5, 3, true, false))),
          Map.entry("vote", message(new Message.RequestVote(7, 0x0105, 0x0103, false, false))),
          Map.entry("vote-in-transfer", message(new Message.RequestVote(7, 5, 3, false, true))),
          Map.entry(
              "pre-vote-refused", message(new Message.RequestVoteReply(7, false, true, -1, 99))),
          Map.entry(
              "vote-granted",
              message(
                  new Message.RequestVoteReply(
                      Long.MAX_VALUE, true, false, 0x0105, 1_800_000_000_000L))),
          Map.entry(
              "heartbeat", message(new Message.AppendEntries(7, 5, 3, List.of(), 4, 2, 1_000))),
          Map.entry(
              "append-entries",
              message(
                  new Message.AppendEntries(
                      0x0309, 0x0105, 0x0103, ENTRIES, 0x0104, 0x0102, 0x0102030407L))),
          Map.entry("appended", message(new Message.AppendEntriesReply(7, true, 0x0105, 0, 0, 3))),
          Map.entry(
              "append-refused",
              message(new Message.AppendEntriesReply(7, false, 0x0109, 0x0104, 0x0102, 0x0103))),
          Map.entry("timeout-now", message(new Message.TimeoutNow(0x0107))),
          Map.entry(
              "propose",
              message(
                  new Message.Propose(List.of(Bytes.utf8("a"), Bytes.EMPTY, Bytes.utf8("bcd"))))),
          Map.entry(
              "acknowledged", message(new Message.Acknowledged(0x0107, -9, -8, 0x0105, 0x0103))),
          Map.entry(
              "state-digest",
              message(
                  new Message.StateDigest(
                      0x0105, 0x0102030405060708L, 2, Message.StateDigest.Basis.OWN))),
          Map.entry("read-index", message(new Message.ReadIndex(-4))),
          Map.entry("read-index-reply", message(new Message.ReadIndexReply(-4, 0x0111))));

  /** What one frame says, and how this server would say it. */
  private record Said(Frame.Type type, Object content, String hex) {}

  private static Said hello(Frame.Type type, Identity self, int to) {
    var hello = Hello.of(self, to, new Roster(MEMBERS, 9_001), NONCE);
    return new Said(type, hello, HEX.formatHex(hello.frame(type)));
  }

  private static Said operatorHello() {
    var hello = Hello.ofOperator(1, NONCE);
    var type = Frame.Type.OPERATOR_HELLO;
    return new Said(type, hello, HEX.formatHex(hello.frame(type)));
  }

  private static Said words(Frame.Type type, String words) {
    var payload = StandardCharsets.UTF_8.encode(words);
    return new Said(type, payload, HEX.formatHex(Frame.of(type, payload.duplicate())));
  }

  private static Said nothing(Frame.Type type) {
    return new Said(type, NOTHING, HEX.formatHex(Frame.empty(type)));
  }

  private static Said offer(Offer offer) {
    return new Said(Frame.Type.OFFER, offer, HEX.formatHex(offer.frame()));
  }

  private static Said payload(Frame.Type type, long... numbers) {
    var payload = ByteBuffer.allocate(8 * numbers.length);
    for (long number : numbers) {
      payload.putLong(number);
    }
    payload.flip();
    return new Said(type, payload, HEX.formatHex(Frame.of(type, payload.duplicate())));
  }

  private static Said message(Message message) {
    var bytes = MessageCodecTest.encode(message);
    var buffer = ByteBuffer.allocate(Frame.HEADER_BYTES + bytes.length);
    buffer.position(Frame.HEADER_BYTES).put(bytes);
    Frame.finish(buffer, 0, Frame.Type.MESSAGE);
    return new Said(Frame.Type.MESSAGE, message, HEX.formatHex(buffer.array()));
  }

  @Test
  void whatWasWrittenDownIsStillSaidTheSameWay() throws IOException {
    var said = new TreeMap<String, String>();
    SAID.forEach((name, frame) -> said.put(name, frame.hex()));

    assertEquals(writtenDown(), said);
  }

  @Test
  void whatWasWrittenDownIsStillUnderstood() throws IOException, WireException {
    for (var golden : writtenDown().entrySet()) {
      var decoder = new FrameDecoder(Frame.PAYLOAD_BYTES_MAX);
      decoder.add(HEX.parseHex(golden.getValue()));

      var frame = decoder.next().orElseThrow();

      var expected = Optional.ofNullable(SAID.get(golden.getKey())).orElseThrow();
      assertEquals(expected.type(), frame.type(), golden.getKey());
      assertEquals(expected.content(), content(frame), golden.getKey());
      assertTrue(decoder.next().isEmpty(), golden.getKey());
    }
  }

  private static Object content(Frame frame) throws WireException {
    return switch (frame.type()) {
      case HELLO, HELLO_BACK, SNAPSHOT_HELLO, OPERATOR_HELLO, IDENTITY ->
          Hello.decode(frame.payload());
      case MESSAGE -> MessageCodec.decode(frame.payload());
      case OFFER -> Offer.decode(frame.payload());
      case WANT, CHUNK, REQUEST, REPLY -> frame.payload();
      case WELCOME, PING, PONG, DELIVERED ->
          frame.payload().hasRemaining() ? frame.payload() : NOTHING;
    };
  }

  @Test
  void everyKindOfFrameMessageAndEntryIsWrittenDown() {
    var types = SAID.values().stream().map(Said::type).collect(Collectors.toSet());
    var contents = SAID.values().stream().map(Said::content);
    var kinds = contents.filter(Message.class::isInstance).map(Object::getClass);

    assertEquals(Set.of(Frame.Type.values()), types);
    assertEquals(Set.of(Message.class.getPermittedSubclasses()), kinds.collect(Collectors.toSet()));
    assertEquals(List.of(Entry.Kind.values()), ENTRIES.stream().map(Entry::kind).toList());
  }

  /** The frames of the file by their names, in hexadecimal. */
  private static Map<String, String> writtenDown() throws IOException {
    try (var in = GoldenFramesTest.class.getResourceAsStream(FILE)) {
      var text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return text.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .collect(Collectors.toMap(part -> part[0], part -> part[1], (a, b) -> a, TreeMap::new));
    }
  }
}
