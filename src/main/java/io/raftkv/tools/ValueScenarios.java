package io.raftkv.tools;

import io.raftkv.base.Bytes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Values and keys of any bytes. */
final class ValueScenarios {
  private static final int KEY_BYTES_MAX = 250;
  private static final int BYTE_VALUES = 256;

  private final int valueBytesMax;

  ValueScenarios(int valueBytesMax) {
    this.valueBytesMax = valueBytesMax;
  }

  List<Scenario> all() {
    return List.of(
        new Scenario("a value is any bytes, of any length up to the limit", this::values),
        new Scenario("a key is any bytes that are no space or control", ValueScenarios::keys));
  }

  private void values(Trial trial) throws IOException {
    for (var named : values().entrySet()) {
      var value = named.getValue();
      if (value.length() > valueBytesMax) {
        continue;
      }
      var key = trial.key("value");
      Trial.expectStored("set of " + named.getKey(), trial.connectInTurn(0).set(key, 0, value));
      for (var client : trial.connectAll()) {
        var answer = client.get(key);
        Trial.check(
            answer.equals(new Answer("VALUE " + value.length(), value)),
            named.getKey() + " came back changed: " + brief(answer));
      }
    }
    trial.connectInTurn(0).delete(trial.key("value"));
  }

  private Map<String, Bytes> values() {
    var values = new LinkedHashMap<String, Bytes>();
    var every = new byte[BYTE_VALUES];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) i;
    }
    values.put("every byte value", Bytes.wrap(every));
    values.put("a value of 0 bytes", Bytes.EMPTY);
    values.put("line ends", Bytes.utf8("\r\n\n\r\r\n"));
    values.put("a value that looks like a request", Bytes.utf8("x\r\ndelete x\r\nget x\r\n"));
    values.put("a value that looks like a reply", Bytes.utf8("VALUE 3\r\nERR_INTERNAL\r\n"));
    values.put("the longest value", random(valueBytesMax));
    return values;
  }

  private static Bytes random(int length) {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static void keys(Trial trial) throws IOException {
    var prefix = trial.key("k");
    var keys =
        List.of(
            prefix + "\u00fc\u4e16\ud83d\ude80",
            prefix + "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
            prefix + "x".repeat(KEY_BYTES_MAX - prefix.length()),
            prefix + "X".repeat(KEY_BYTES_MAX - prefix.length()));
    var client = trial.connectInTurn(0);
    var other = trial.connectInTurn(1);
    for (var key : keys) {
      Trial.expectStored("set " + key, client.set(key, 0, Bytes.utf8("of " + key)));
    }
    for (var key : keys) {
      Trial.expectValue("get " + key, Bytes.utf8("of " + key), other.get(key));
      Trial.expect("delete " + key, "DELETED", other.delete(key));
    }
  }

  private static String brief(Answer answer) {
    return answer.line() + ", " + answer.value().length() + " bytes";
  }
}
