package io.raftkv.protocol;

import io.raftkv.config.Options;

/**
 * The bounds that clients meet.
 *
 * @param valueBytesMax the longest value that is stored
 * @param connectionsMax how many clients may be connected at once
 * @param requestsMax how many requests of one connection wait before it is read no further
 * @param connectionBytesMax how many bytes of them
 * @param totalBytesMax how many bytes of all connections' requests wait before those with more than
 *     {@code smallBytes} are read no further
 * @param smallBytes what every connection may have waiting, whatever the others do
 */
public record ProtocolLimits(
    int valueBytesMax,
    int connectionsMax,
    int requestsMax,
    int connectionBytesMax,
    long totalBytesMax,
    int smallBytes) {
  /** The longest command line, without its line end. */
  public static final int LINE_BYTES_MAX = 2_048;

  /** The longest key. */
  public static final int KEY_BYTES_MAX = 250;

  /** The bounds that hold for these options. */
  public static ProtocolLimits of(Options options) {
    return new ProtocolLimits(
        options.maxValueBytes(), 16_384, 1_024, 2 << 20, 192L << 20, 16 << 10);
  }
}
