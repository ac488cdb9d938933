package io.raftkv.protocol;

import io.raftkv.base.Bytes;

/** One command line, cut into its fields; every question about a field says what is wrong by -1. */
final class CommandLine {
  static final long INVALID = -1;

  private static final int FIELDS_MAX = 5;

  private final byte[] bytes;
  private final int[] starts = new int[FIELDS_MAX + 1];
  private int fields;

  /** The line lies from {@code from} to {@code to}, without its line end. */
  CommandLine(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    starts[0] = from;
    for (int i = from; i <= to; i++) {
      if (i == to || bytes[i] == ' ') {
        fields++;
        if (fields > FIELDS_MAX) {
          return;
        }
        starts[fields] = i + 1;
      }
    }
  }

  /** How many fields there are; more than any command has count as one more than that. */
  int fields() {
    return fields;
  }

  private int length(int field) {
    return starts[field + 1] - 1 - starts[field];
  }

  boolean verbIs(byte[] verb) {
    int length = length(0);
    if (length != verb.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[starts[0] + i] != verb[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the field is a key: 1 to 250 bytes, none of them a control byte or a space. */
  boolean isKey(int field) {
    int length = length(field);
    if (length < 1 || length > ProtocolLimits.KEY_BYTES_MAX) {
      return false;
    }
    for (int i = starts[field]; i < starts[field] + length; i++) {
      int b = bytes[i] & 0xff;
      if (b < 0x21 || b == 0x7f) {
        return false;
      }
    }
    return true;
  }

  Bytes key(int field) {
    return Bytes.copyOf(bytes, starts[field], length(field));
  }

  /** The number that the field's decimal digits mean, if it is at most {@code most}. */
  long number(int field, long most) {
    int length = length(field);
    long number = 0;
    for (int i = starts[field]; i < starts[field] + length; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9 || number > (most - digit) / 10) {
        return INVALID;
      }
      number = number * 10 + digit;
    }
    return length == 0 ? INVALID : number;
  }
}
