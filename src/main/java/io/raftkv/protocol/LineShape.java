package io.raftkv.protocol;

/**
 * What must be known of a malformed command line, however long: whether a value follows it, and of
 * which length. Then the value can be passed over, and no byte of it is taken for a command. Fields
 * are what single spaces separate, empty ones included.
 */
final class LineShape {
  static final int NO_VALUE = -1;

  private static final int VERB_BYTES_MAX = 4;
  private static final int SET_FIELDS = 4;
  private static final int CAS_FIELDS = 5;

  private final StringBuilder verb = new StringBuilder(VERB_BYTES_MAX);
  private int fields = 1;
  private long lastNumber;
  private boolean lastIsNumber;
  private boolean lastIsEmpty = true;

  void feed(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      feed(bytes[i]);
    }
  }

  void feed(byte b) {
    if (b == ' ') {
      fields++;
      lastNumber = 0;
      lastIsNumber = false;
      lastIsEmpty = true;
      return;
    }
    if (fields == 1 && verb.length() < VERB_BYTES_MAX) {
      verb.append((char) b);
    }
    boolean isDigit = b >= '0' && b <= '9';
    lastIsNumber = isDigit && (lastIsEmpty || lastIsNumber);
    lastIsEmpty = false;
    if (lastIsNumber) {
      lastNumber = Math.min(lastNumber * 10 + (b - '0'), 1L << 32);
    }
  }

  /** The length of the value that follows the line, or {@link #NO_VALUE}. */
  int valueBytes() {
    int needed =
        switch (verb.toString()) {
          case "set" -> SET_FIELDS;
          case "cas" -> CAS_FIELDS;
          default -> Integer.MAX_VALUE;
        };
    boolean follows = fields >= needed && lastIsNumber && lastNumber <= Integer.MAX_VALUE;
    return follows ? (int) lastNumber : NO_VALUE;
  }
}
