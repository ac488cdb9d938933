package io.raftkv.config;

/**
 * What can be set and has a default.
 *
 * @param requestTimeoutMillis how long a request waits for a majority before it is answered {@code
 *     ERR_INTERNAL}
 * @param maxValueBytes the longest value that a client may store
 * @param electionTimeoutMillis how long a follower waits at least for its leader
 */
public record Options(int requestTimeoutMillis, int maxValueBytes, int electionTimeoutMillis) {
  /** What holds where config.json says nothing. */
  public static final Options DEFAULTS = new Options(15_000, 1 << 20, 1_000);

  public Options {
    check("requestTimeoutMillis", requestTimeoutMillis, 100, 3_600_000);
    check("maxValueBytes", maxValueBytes, 0, 32 << 20);
    check("electionTimeoutMillis", electionTimeoutMillis, 50, 60_000);
  }

  private static void check(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + " is " + value + ", must be from " + least + " to " + most);
    }
  }
}
