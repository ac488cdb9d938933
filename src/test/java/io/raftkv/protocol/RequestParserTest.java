package io.raftkv.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RequestParserTest {
  private static final int VALUE_MAX = 1_000;
  private static final String MALFORMED = "malformed";

  private static List<Object> parse(byte[] input, int... cuts) {
    var found = new ArrayList<Object>();
    var parser = new RequestParser(VALUE_MAX);
    var sink =
        new RequestParser.Sink() {
          @Override
          public void request(Request request) {
            found.add(request);
          }

          @Override
          public void malformed() {
            found.add(MALFORMED);
          }
        };
    int from = 0;
    for (int cut : cuts) {
      parser.feed(input, from, cut, sink);
      from = cut;
    }
    parser.feed(input, from, input.length, sink);
    return found;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Object get(String key) {
    return new Request.Get(Bytes.utf8(key));
  }

  private static Object set(String key, int exptime, String value) {
    return new Request.Set(Bytes.utf8(key), exptime, Bytes.utf8(value));
  }

  private static void check(String input, Object... expected) {
    assertEquals(List.of(expected), parse(bytes(input)), input);
  }

  @Test
  void everyCommandIsUnderstoodWithEitherLineEnd() {
    check("get k\r\n", get("k"));
    check("get k\n", get("k"));
    check("getm k\r\n", new Request.GetMeta(Bytes.utf8("k")));
    check("delete k\n", new Request.Delete(Bytes.utf8("k")));
    check("set k 7 3\r\nabc\r\n", set("k", 7, "abc"));
    check("set k 7 3\nabc\n", set("k", 7, "abc"));
    check("set k 7 3\r\nabc\n", set("k", 7, "abc"));
    check("set k 0 0\r\n\r\n", set("k", 0, ""));
    var cas = new Request.Cas(Bytes.utf8("k"), 1, 9, Bytes.utf8("v"));
    check("cas k 1 9 1\r\nv\r\n", cas);
  }

  @Test
  void aValueMayBeAnyBytes() {
    check("set k 0 4\r\n\r\n\r\n\r\nget k\r\n", set("k", 0, "\r\n\r\n"), get("k"));
    check("set k 0 11\r\ndelete x\r\n1\r\n", set("k", 0, "delete x\r\n1"));
  }

  @Test
  void numbersStayInTheirRanges() {
    check("set k 2147483647 1\r\nv\r\n", set("k", Integer.MAX_VALUE, "v"));
    check("set k 2147483648 1\r\nv\r\nget k\n", MALFORMED, get("k"));
    check("set k -1 1\r\nv\r\nget k\n", MALFORMED, get("k"));
    check("set k 007 1\r\nv\r\n", set("k", 7, "v"));
    check("set k +7 1\r\nv\r\nget k\n", MALFORMED, get("k"));
    check("cas k 0 9223372036854775808 1\r\nv\r\nget k\n", MALFORMED, get("k"));
    check("set k 0 1001\r\n" + "v".repeat(1_001) + "\r\nget k\n", MALFORMED, get("k"));
    check("set k 0 2147483648\r\nget k\n", MALFORMED, get("k"));
  }

  @Test
  void keysHaveOneToTwoHundredAndFiftyBytesOfAnyPrintableKind() {
    check("get " + "k".repeat(250) + "\r\n", get("k".repeat(250)));
    check("get " + "k".repeat(251) + "\r\n", MALFORMED);
    check("get \u007f\r\n", MALFORMED);
    check("get a\u0001\r\n", MALFORMED);
    check("get \r\n", MALFORMED);
    assertEquals(
        List.of(new Request.Get(Bytes.wrap(new byte[] {(byte) 0x80, (byte) 0xff}))),
        parse(bytes("get \u0080\u00ff\r\n")));
  }

  @Test
  void fieldsAreSeparatedByExactlyOneSpace() {
    check("get  k\r\n", MALFORMED);
    check(" get k\r\n", MALFORMED);
    check("get k \r\n", MALFORMED);
    check("\r\n", MALFORMED);
    check("GET k\r\n", MALFORMED);
    check("get\r\n", MALFORMED);
    check("get k j\r\n", MALFORMED);
    check("ge\r\nget k\r\n", MALFORMED, get("k"));
  }

  @Test
  void noByteOfAValueIsEverTakenForACommand() {
    check("set a b 0 10\r\ndelete x\r\n\r\nget k\n", MALFORMED, get("k"));
    check("set k x 10\r\ndelete x\r\n\r\nget k\n", MALFORMED, get("k"));
    check("cas k 0 x 10\r\ndelete x\r\n\r\nget k\n", MALFORMED, get("k"));
    check("set " + "k".repeat(300) + " 0 10\r\ndelete x\r\n\r\nget k\n", MALFORMED, get("k"));
    check("set " + "k".repeat(5_000) + " 0 10\r\ndelete x\r\n\r\nget k\n", MALFORMED, get("k"));
  }

  @Test
  void aValueWithoutItsLineEndIsDroppedUpToTheNextOne() {
    check("set k 0 3\r\nabcdelete x\r\nget k\n", MALFORMED, get("k"));
    check("set k 0 3\r\nabc\rdelete x\r\nget k\n", MALFORMED, get("k"));
    check("set k x 3\r\nabcdelete x\r\nget k\n", MALFORMED, get("k"));
  }

  @Test
  void aLineThatIsTooLongIsAnsweredBeforeItsEnd() {
    check("get " + "k".repeat(2_045), MALFORMED);
    check("get " + "k".repeat(5_000) + "\r\nget k\r\n", MALFORMED, get("k"));
  }

  @Test
  void nothingComesOfACommandThatDidNotArriveWhole() {
    check("get k");
    check("get k\r");
    check("set k 0 3\r\nab");
    check("set k 0 3\r\nabc");
    check("set k 0 3\r\nabc\r");
  }

  @Test
  void everyCutGivesTheSame() {
    var script =
        bytes(
            "set k 0 3\r\nabc\r\nget k\nset a b 0 4\r\nxx\r\n\r\ncas k 0 1 0\n\n"
                + "set k 0 1\r\nabc\r\nbad\r\n\r\ndelete k\r\nset k 9999999999 2\nab\ngetm k\n");
    var whole = parse(script);

    for (int cut = 0; cut <= script.length; cut++) {
      assertEquals(whole, parse(script, cut), "cut at " + cut);
      for (int second = cut; second <= script.length; second++) {
        assertEquals(whole, parse(script, cut, second), "cut at " + cut + " and " + second);
      }
    }
    assertEquals(whole, byteByByte(script));
  }

  private static List<Object> byteByByte(byte[] input) {
    var cuts = new int[input.length];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = i;
    }
    return parse(input, cuts);
  }

  @Test
  void linesAboutTheLimitAreTheSameForEveryCut() {
    for (int length = 2_040; length <= 2_056; length++) {
      for (var end : List.of("\r\n", "\n", "\r\r\n")) {
        var input = bytes("get " + "k".repeat(length - 4) + end + "get k\r\n");
        var expected = new ReferenceParser(input, VALUE_MAX).parse();
        assertEquals(expected, parse(input));
        for (int cut = 2_030; cut <= input.length; cut++) {
          assertEquals(expected, parse(input, cut), length + " cut at " + cut);
        }
        assertEquals(expected, byteByByte(input));
      }
    }
  }

  @Test
  void theParserAgreesWithThePlainOneOnNonsense() {
    compareWithReference(new SplittableRandom(1), 1);
    long seed = System.nanoTime();
    compareWithReference(new SplittableRandom(seed), seed);
  }

  private static void compareWithReference(SplittableRandom random, long seed) {
    for (int round = 0; round < 20_000; round++) {
      var input = bytes(nonsense(random));
      var expected = new ReferenceParser(input, VALUE_MAX).parse();
      int cut = random.nextInt(input.length + 1);
      int second = cut + random.nextInt(input.length - cut + 1);
      var text = new String(input, StandardCharsets.ISO_8859_1);
      assertEquals(expected, parse(input, cut, second), "seed " + seed + ": " + text);
    }
  }

  private static String nonsense(SplittableRandom random) {
    var pieces =
        List.of(
            "set",
            "cas",
            "get",
            "getm",
            "delete",
            " ",
            " ",
            " ",
            "k",
            "0",
            "1",
            "3",
            "12",
            "-1",
            "\r\n",
            "\r\n",
            "\n",
            "\r",
            "abc",
            "\u0000",
            "99999999999999999999",
            "  ",
            "x y");
    var text = new StringBuilder();
    int count = random.nextInt(1, 30);
    for (int i = 0; i < count; i++) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }

  @Test
  void anAnnouncedValueCostsLittleBeforeItArrives() {
    var parser = new RequestParser(1 << 30);

    parser.feed(bytes("set k 0 1000000000\r\nabc"), 0, 23, new NoSink());

    assertTrue(parser.heldBytes() <= 16 << 10);
    assertTrue(parser.isInside());
  }

  private static final class NoSink implements RequestParser.Sink {
    @Override
    public void request(Request request) {}

    @Override
    public void malformed() {}
  }
}
