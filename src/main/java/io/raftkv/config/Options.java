package io.raftkv.config;

import java.util.stream.Stream;

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
  private static final Range REQUEST_TIMEOUT = new Range("requestTimeoutMillis", 100, 3_600_000);
  private static final Range MAX_VALUE = new Range("maxValueBytes", 0, 32 << 20);
  private static final Range ELECTION_TIMEOUT = new Range("electionTimeoutMillis", 50, 60_000);

  /** What holds where config.json says nothing. */
  public static final Options DEFAULTS = new Options(15_000, 1 << 20, 1_000);

  /** Options that leave the store to the heap. */
  public Options(int requestTimeoutMillis, int maxValueBytes, int electionTimeoutMillis) {
    this(requestTimeoutMillis, maxValueBytes, electionTimeoutMillis, 0);
  }

  public Options {
    REQUEST_TIMEOUT.check(requestTimeoutMillis);
    MAX_VALUE.check(maxValueBytes);
    ELECTION_TIMEOUT.check(electionTimeoutMillis);
    if (maxStoreBytes < 0) {
      throw new IllegalArgumentException(
          "maxStoreBytes is " + maxStoreBytes + ", must not be negative");
    }
  }

  /** The same with another bound for the store. */
  public Options withMaxStoreBytes(long bytes) {
    return new Options(requestTimeoutMillis, maxValueBytes, electionTimeoutMillis, bytes);
  }

  /** What a key with a range may be, for messages: {@code from 0 to 33554432}. */
  static String range(String key) {
    return Stream.of(REQUEST_TIMEOUT, MAX_VALUE, ELECTION_TIMEOUT)
        .filter(range -> range.key.equals(key))
        .findFirst()
        .map(Range::text)
        .orElseThrow();
  }

  /** What a key may be, both ends included. */
  private record Range(String key, int least, int most) {
    String text() {
      return "from " + least + " to " + most;
    }

    void check(int value) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(key + " is " + value + ", must be " + text());
      }
    }
  }
}
