package io.raftkv.config;

/**
 * What can be set and has a default.
 *
 * @param requestTimeoutMillis how long a request waits for a majority before it is answered {@code
 *     ERR_INTERNAL}
 * @param maxValueBytes the longest value that a client may store
 * @param electionTimeoutMillis how long a follower waits at least for its leader
 * @param maxStoreBytes what keys and values of a cluster that this server forms may take, or 0 for
 *     half of its heap; a formed cluster has agreed on its own
 */
public record Options(
    int requestTimeoutMillis, int maxValueBytes, int electionTimeoutMillis, long maxStoreBytes) {
  /** What holds where config.json says nothing. */
  public static final Options DEFAULTS = new Options(15_000, 1 << 20, 1_000);

  /** Options that leave the store to the heap. */
  public Options(int requestTimeoutMillis, int maxValueBytes, int electionTimeoutMillis) {
    this(requestTimeoutMillis, maxValueBytes, electionTimeoutMillis, 0);
  }

  public Options {
    check("requestTimeoutMillis", requestTimeoutMillis, 100, 3_600_000);
    check("maxValueBytes", maxValueBytes, 0, 32 << 20);
    check("electionTimeoutMillis", electionTimeoutMillis, 50, 60_000);
    if (maxStoreBytes < 0) {
      throw new IllegalArgumentException(
          "maxStoreBytes is " + maxStoreBytes + ", must not be negative");
    }
  }

  /** The same with another bound for the store. */
  public Options withMaxStoreBytes(long bytes) {
    return new Options(requestTimeoutMillis, maxValueBytes, electionTimeoutMillis, bytes);
  }

  private static void check(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + " is " + value + ", must be from " + least + " to " + most);
    }
  }
}
