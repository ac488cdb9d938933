package io.raftkv.raft;

import io.raftkv.base.Ranges;
import java.util.List;

/**
 * What a server's part in Raft needs to know from outside.
 *
 * @param id this server
 * @param incarnation this server's data directory; never 0
 * @param members the ids that the operator's file names, this one among them
 * @param form whether a majority of empty servers is enough to form a cluster, by the operator's
 *     word
 * @param electionTimeoutMillis the minimum election timeout T; deadlines are drawn from T to 2T
 * @param heartbeatMillis how often a leader gives a sign of life; well below T
 * @param appendBytesMax how many bytes of entries one AppendEntries carries, one entry at least
 * @param inFlightBytesMax how many bytes of entries a leader sends ahead of a follower's answers
 * @param trailingBytesMax how many bytes of entries that a snapshot covers stay in the log, for
 *     those that are a little late
 * @param storeBytesMax what the state machine may hold, if this server forms the cluster
 */
public record RaftConfig(
    int id,
    long incarnation,
    List<Integer> members,
    boolean form,
    int electionTimeoutMillis,
    int heartbeatMillis,
    int appendBytesMax,
    int inFlightBytesMax,
    long trailingBytesMax,
    long storeBytesMax) {
  public RaftConfig {
    members = members.stream().sorted().distinct().toList();
    if (!members.contains(id)) {
      throw new IllegalArgumentException(
          "the members " + members + " must contain the server " + id);
    }
    Ranges.atLeast("heartbeatMillis", heartbeatMillis, 1);
    Ranges.atLeast("electionTimeoutMillis", electionTimeoutMillis, 2L * heartbeatMillis + 1);
    Ranges.atLeast("appendBytesMax", appendBytesMax, 1);
    Ranges.atLeast("inFlightBytesMax", inFlightBytesMax, appendBytesMax);
    Ranges.atLeast("trailingBytesMax", trailingBytesMax, 0);
    if (incarnation == Configuration.Seat.EMPTY) {
      throw new IllegalArgumentException("an incarnation must not be 0");
    }
  }

  /** A configuration with the usual bounds: 1 MiB a message, 8 MiB in flight, 16 MiB trailing. */
  public static RaftConfig of(
      int id, long incarnation, List<Integer> members, boolean form, int electionTimeoutMillis) {
    return new RaftConfig(
        id,
        incarnation,
        members,
        form,
        electionTimeoutMillis,
        Math.max(1, electionTimeoutMillis / 4),
        1 << 20,
        8 << 20,
        16 << 20,
        Configuration.UNBOUNDED);
  }

  /** The same with another bound for the store. */
  public RaftConfig withStoreBytesMax(long bytes) {
    return new RaftConfig(
        id,
        incarnation,
        members,
        form,
        electionTimeoutMillis,
        heartbeatMillis,
        appendBytesMax,
        inFlightBytesMax,
        trailingBytesMax,
        bytes);
  }

  /** How many bytes of entries stay in the log at most while a snapshot is under way to a peer. */
  long keptBytesMax() {
    return 8 * trailingBytesMax;
  }
}
