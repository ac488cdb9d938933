package io.raftkv.raft;

/**
 * How far ahead of a server's answers a leader sends, in bytes. What is sent ahead stands in line
 * on the way, and heartbeats behind it: on a slow link a fixed window of some megabytes would let a
 * healthy leader look dead. So the window opens while answers come soon and closes while they come
 * late, measured by one entry at a time, as TCP measures its round trips.
 */
final class Window {
  private static final int BYTES_MIN = 32 << 10;
  private static final int BYTES_FIRST = 64 << 10;
  private static final long NOTHING = -1;

  private long bytes = BYTES_FIRST;
  private long timedIndex = NOTHING;
  private long timedAt;

  /** How many bytes of entries may be on their way. */
  long bytes(RaftConfig config) {
    return Math.min(bytes, config.inFlightBytesMax());
  }

  /** Entries up to this index were sent. */
  void sent(long lastIndex, long now) {
    if (timedIndex == NOTHING) {
      timedIndex = lastIndex;
      timedAt = now;
    }
  }

  /** All up to this index was answered: in time is within a quarter of an election timeout. */
  void answered(long index, long now, RaftConfig config) {
    if (timedIndex == NOTHING || index < timedIndex) {
      return;
    }
    long delay = now - timedAt;
    timedIndex = NOTHING;
    if (delay <= config.electionTimeoutMillis() / 4) {
      bytes = Math.min(2 * bytes, config.inFlightBytesMax());
    } else if (delay > config.electionTimeoutMillis() / 2) {
      bytes = Math.max(BYTES_MIN, bytes / 2);
    }
  }

  /** What was sent may be lost, and what it would have told is lost with it. */
  void interrupted() {
    timedIndex = NOTHING;
    bytes = Math.min(bytes, BYTES_FIRST);
  }
}
