package io.raftkv.tools;

import io.raftkv.base.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a server says to input that it cannot understand, and that it stays in step. */
final class MalformedScenarios {
  private static final int LINE_BYTES_MAX = 2048;
  private static final int KEY_BYTES_MAX = 250;

  private final int valueBytesMax;

  MalformedScenarios(int valueBytesMax) {
    this.valueBytesMax = valueBytesMax;
  }

  List<Scenario> all() {
    return List.of(
        new Scenario("a malformed line gets one ERR_CMD_ERR", trial -> refuses(trial, lines())),
        new Scenario(
            "behind a malformed set or cas its value is passed over",
            trial -> refuses(trial, valued())),
        new Scenario("a value too large changes nothing", this::tooLarge),
        new Scenario("a value without its line end is not stored", MalformedScenarios::runOn),
        new Scenario("ERR_CMD_ERR does not wait for the value", MalformedScenarios::early),
        new Scenario("a line may end in a bare line feed", MalformedScenarios::bareLineFeeds));
  }

  /** Lines that no value follows. */
  private static List<String> lines() {
    var lines =
        new ArrayList<>(
            List.of(
                "", " ", "bogus", "GET KEY", "get", "get ", " get KEY", "get  KEY", "get KEY "));
    lines.addAll(List.of("get KEY KEY", "getm", "getm KEY 1", "delete", "delete KEY 0", "set"));
    lines.addAll(List.of("set KEY", "set KEY 0", "set KEY 0 -1", "set KEY 0 x", "set KEY 0 +3"));
    lines.addAll(List.of("set KEY 0 2147483648", "set KEY 0 99999999999999999999", "cas"));
    lines.addAll(List.of("cas KEY", "cas KEY 0 5", "cas KEY 0 5 -1", "cas KEY 0 5 x"));
    lines.add("get " + "k".repeat(KEY_BYTES_MAX + 1));
    lines.add("get KEY\u0001");
    lines.add("get KEY\u007f");
    lines.add("get " + "k".repeat(2 * LINE_BYTES_MAX));
    lines.add("x".repeat(LINE_BYTES_MAX + 1));
    lines.replaceAll(line -> line + "\r\n");
    return lines;
  }

  /** Lines that a value of 12 bytes follows, which would be a command itself. */
  private static List<String> valued() {
    var lines =
        new ArrayList<>(
            List.of("set KEY -1 12", "set KEY 2147483648 12", "set KEY x 12", "set KEY +1 12"));
    lines.addAll(List.of("set KEY KEY 0 12", "set  KEY 0 12", "set KEY  0 12", "set KEY 1.5 12"));
    lines.addAll(List.of("cas KEY 0 -1 12", "cas KEY 0 9223372036854775808 12", "cas KEY x 1 12"));
    lines.addAll(List.of("cas KEY -1 1 12", "cas KEY 0 x 12", "cas KEY KEY 0 1 12"));
    lines.add("set " + "k".repeat(KEY_BYTES_MAX + 1) + " 0 12");
    lines.add("set " + "k".repeat(2 * LINE_BYTES_MAX) + " 0 12");
    lines.add("cas " + "k".repeat(2 * LINE_BYTES_MAX) + " 0 1 12");
    lines.replaceAll(line -> line + "\r\n\r\ndelete z\r\n\r\n");
    return lines;
  }

  /** Each input gets one ERR_CMD_ERR, and a good request right behind it its own reply. */
  private static void refuses(Trial trial, List<String> inputs) throws IOException {
    var key = trial.key("kept");
    var client = trial.connectInTurn(0);
    Trial.expectStored("set " + key, client.set(key, 0, Bytes.utf8("kept")));
    for (var input : inputs) {
      var doing = "the line \"" + brief(input) + "\"";
      client.send(Requests.join(Bytes.utf8(input.replace("KEY", key)), Requests.get(key)));
      Trial.expect(doing, "ERR_CMD_ERR", client.receive());
      Trial.expectValue("a good request behind " + doing, Bytes.utf8("kept"), client.receive());
    }
    trial.say(inputs.size() + " inputs");
  }

  private void tooLarge(Trial trial) throws IOException {
    var key = trial.key("large");
    var client = trial.connectInTurn(1);
    var large = Bytes.wrap(new byte[valueBytesMax + 1]);
    long version = Trial.expectStored("set " + key, client.set(key, 0, Bytes.utf8("old")));
    Trial.expect("set of a value too large", "ERR_CMD_ERR", client.set(key, 0, large));
    Trial.expect("cas with a value too large", "ERR_CMD_ERR", client.cas(key, 0, version, large));
    var expected = new Answer("VALUE " + version + " 0 3", Bytes.utf8("old"));
    Trial.expect("getm after values too large", expected, client.getm(key));
  }

  private static void runOn(Trial trial) throws IOException {
    var key = trial.key("run-on");
    var client = trial.connectInTurn(2);
    for (var tail : List.of("def\r\n", "d\n", " get x\r\n")) {
      client.send(Bytes.utf8("set " + key + " 0 3\r\nabc" + tail + "get " + key + "\r\n"));
      Trial.expect("a value of 3 bytes that goes on", "ERR_CMD_ERR", client.receive());
      Trial.expect("get behind it", "ERR_NOT_FOUND", client.receive());
    }
  }

  private static void early(Trial trial) throws IOException {
    var key = trial.key("early");
    var client = trial.connectInTurn(3);
    client.send(Bytes.utf8("set " + key + " x 5\r\n"));
    Trial.expect("a malformed set line alone", "ERR_CMD_ERR", client.receive());
    client.send(Bytes.utf8("value\r\nget " + key + "\r\n"));
    Trial.expect("get behind the value", "ERR_NOT_FOUND", client.receive());
  }

  private static void bareLineFeeds(Trial trial) throws IOException {
    var key = trial.key("feeds");
    var client = trial.connectInTurn(4);
    client.send(Bytes.utf8("set KEY 0 3\nabc\nget KEY\n".replace("KEY", key)));
    Trial.expectStored("set with bare line feeds", client.receive());
    Trial.expectValue("get with a bare line feed", Bytes.utf8("abc"), client.receive());
    client.send(Bytes.utf8("set KEY 0 3\r\ndef\nget KEY\r\n".replace("KEY", key)));
    Trial.expectStored("set with mixed line ends", client.receive());
    Trial.expectValue("get after it", Bytes.utf8("def"), client.receive());
    client.send(Bytes.utf8("set KEY 0 4\nghi\r\r\nget KEY\n".replace("KEY", key)));
    Trial.expectStored("set of a value that ends in a carriage return", client.receive());
    Trial.expectValue("get after it", Bytes.utf8("ghi\r"), client.receive());
  }

  private static String brief(String input) {
    var line = input.substring(0, input.indexOf("\r\n"));
    return line.length() <= 40 ? line : line.substring(0, 40) + "... (" + line.length() + " bytes)";
  }
}
