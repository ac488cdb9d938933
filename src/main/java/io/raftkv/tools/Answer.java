package io.raftkv.tools;

import io.raftkv.base.Bytes;

/**
 * One reply as it came over the wire.
 *
 * @param line its first line, without the line end
 * @param value what followed a {@code VALUE} line, else empty
 */
public record Answer(String line, Bytes value) {
  static Answer of(String line) {
    return new Answer(line, Bytes.EMPTY);
  }

  /** Whether an update took place. */
  public boolean isOk() {
    return line.startsWith("OK ");
  }

  /** Whether a value was found. */
  public boolean isValue() {
    return line.startsWith("VALUE ");
  }

  /** Whether it is unknown what became of the request. */
  public boolean isUnknown() {
    return line.equals("ERR_INTERNAL");
  }

  /**
   * The version in an {@code OK} line or in the {@code VALUE} line of a {@code getm}; -1 if the
   * line holds none.
   */
  public long version() {
    var fields = line.split(" ", -1);
    boolean stored = fields.length == 2 && fields[0].equals("OK");
    boolean meta = fields.length == 4 && fields[0].equals("VALUE");
    return stored || meta ? Decimal.parse(fields[1]) : -1;
  }

  /** As a person wants to read it. */
  @Override
  public String toString() {
    return value.isEmpty() ? line : line + " [" + value + "]";
  }
}
