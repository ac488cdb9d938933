package io.raftkv.protocol;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The protocol read off its description, over a whole input at once: slow and plain. */
final class ReferenceParser {
  private final String input;
  private final int valueMax;
  private final List<Object> found = new ArrayList<>();
  private int at;

  ReferenceParser(byte[] input, int valueMax) {
    this.input = new String(input, StandardCharsets.ISO_8859_1);
    this.valueMax = valueMax;
  }

  /** A request, or "malformed", for each thing in the input. */
  List<Object> parse() {
    while (at < input.length()) {
      int end = input.indexOf('\n', at);
      if (end < 0) {
        noteUnfinished();
        return found;
      }
      var line = input.substring(at, end);
      at = end + 1;
      line(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    }
    return found;
  }

  /** A line is known to be too long before its end comes. */
  private void noteUnfinished() {
    int length = input.length() - at;
    if (length > 2_049 || (length == 2_049 && !input.endsWith("\r"))) {
      found.add("malformed");
    }
  }

  private void line(String line) {
    var fields = line.split(" ", -1);
    var request = line.length() > 2_048 ? Optional.<Request>empty() : withoutValue(fields);
    if (request.isPresent()) {
      found.add(request.get());
      return;
    }
    int length = valueLength(fields);
    boolean isGood = line.length() <= 2_048 && isGoodUpdate(fields);
    if (!isGood) {
      found.add("malformed");
    }
    if (length >= 0) {
      value(fields, length, isGood);
    }
  }

  private Optional<Request> withoutValue(String[] fields) {
    if (fields.length != 2 || !isKey(fields[1])) {
      return Optional.empty();
    }
    var key = bytes(fields[1]);
    return switch (fields[0]) {
      case "get" -> Optional.of(new Request.Get(key));
      case "getm" -> Optional.of(new Request.GetMeta(key));
      case "delete" -> Optional.of(new Request.Delete(key));
      default -> Optional.empty();
    };
  }

  private int valueLength(String[] fields) {
    boolean update =
        (fields[0].equals("set") && fields.length >= 4)
            || (fields[0].equals("cas") && fields.length >= 5);
    long length = update ? number(fields[fields.length - 1], "2147483647") : -1;
    return (int) length;
  }

  private boolean isGoodUpdate(String[] fields) {
    boolean isSet = fields[0].equals("set") && fields.length == 4;
    boolean isCas = fields[0].equals("cas") && fields.length == 5;
    return (isSet || isCas)
        && isKey(fields[1])
        && number(fields[2], "2147483647") >= 0
        && (isSet || number(fields[3], "9223372036854775807") >= 0)
        && number(fields[fields.length - 1], Integer.toString(valueMax)) >= 0;
  }

  private void value(String[] fields, int length, boolean isGood) {
    if (input.length() - at < length) {
      at = input.length();
      return;
    }
    var value = input.substring(at, at + length);
    at += length;
    var rest = input.substring(at);
    if (rest.startsWith("\r\n") || rest.startsWith("\n")) {
      at += rest.startsWith("\n") ? 1 : 2;
      if (isGood) {
        found.add(update(fields, bytes(value)));
      }
    } else if (!rest.isEmpty() && !rest.equals("\r")) {
      if (isGood) {
        found.add("malformed");
      }
      int end = input.indexOf('\n', at);
      at = end < 0 ? input.length() : end + 1;
    } else {
      at = input.length();
    }
  }

  private static Request update(String[] fields, Bytes value) {
    var key = bytes(fields[1]);
    int exptime = (int) number(fields[2], "2147483647");
    return fields[0].equals("set")
        ? new Request.Set(key, exptime, value)
        : new Request.Cas(key, exptime, number(fields[3], "9223372036854775807"), value);
  }

  private static boolean isKey(String field) {
    return field.matches("[\\x21-\\x7e\\x80-\\xff]{1,250}");
  }

  private static long number(String field, String most) {
    if (!field.matches("[0-9]+")) {
      return -1;
    }
    var number = new java.math.BigInteger(field);
    return number.compareTo(new java.math.BigInteger(most)) > 0 ? -1 : number.longValue();
  }

  private static Bytes bytes(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
