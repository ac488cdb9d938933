package io.raftkv.sim;

import io.raftkv.raft.RaftConfig;
import io.raftkv.replica.ReplicaOptions;
import io.raftkv.replica.SnapshotPolicy;
import java.util.List;

/**
 * What is drawn for one run: how big the cluster is, how bad its network, disks and clocks are, and
 * what clients ask. Probabilities are from 0 to 1.
 *
 * @param servers how many members form the cluster
 * @param spares how many further servers there are, to be added
 * @param form whether a majority of empty servers may form the cluster
 * @param restored whether one member's disk holds a state to begin with, as from a backup
 * @param electionTimeoutMillis the servers' T
 * @param durationMillis how long faults go on
 * @param network the links
 * @param disk the disks
 * @param clocks the clocks
 * @param load the clients
 * @param bounds small bounds, so that they are met
 */
public record Conditions(
    int servers,
    int spares,
    boolean form,
    boolean restored,
    int electionTimeoutMillis,
    int durationMillis,
    Network network,
    Disks disk,
    Clocks clocks,
    Load load,
    Bounds bounds) {
  /** A run lasts a minute or so: often enough, also for those that were away. */
  private static final int CORRUPTION_CHECK_MILLIS = 1_000;

  /**
   * @param delayMicros what a message takes at least
   * @param jitterMicros up to how much more it takes
   * @param loss of a message
   * @param repeat of a message that arrives twice
   * @param late of a message that is held up, for up to {@code lateMillisMax}
   * @param bytesPerMilli how much a link carries, 0 for no limit
   */
  public record Network(
      int delayMicros,
      int jitterMicros,
      double loss,
      double repeat,
      double late,
      int lateMillisMax,
      int bytesPerMilli) {}

  /**
   * @param forceMicros what a force takes in the mean
   * @param slow the share of forces that take up to {@code slowMillisMax}
   * @param powerLoss the share of crashes in which the machine dies, not only the process
   * @param segmentBytes the size of a log file
   */
  public record Disks(
      int forceMicros, double slow, int slowMillisMax, double powerLoss, int segmentBytes) {}

  /**
   * @param rateSpread how far a clock's rate is from 1 at the most
   * @param offsetMillisMax how far wall clocks are apart at the most
   */
  public record Clocks(double rateSpread, int offsetMillisMax) {}

  /**
   * @param clients how many clients each server has
   * @param burst how many requests a client has under way at the most
   * @param thinkMillisMax how long a client waits before it asks again
   * @param keys how many keys there are; the first is asked for more often
   * @param valueBytesMax the size of the biggest value
   * @param expiring the share of updates with an exptime
   * @param hangUp the share of bursts whose client does not wait for the answers
   * @param rush how many times as much the clients of the first server ask
   */
  public record Load(
      int clients,
      int burst,
      int thinkMillisMax,
      int keys,
      int valueBytesMax,
      double expiring,
      double hangUp,
      int rush) {}

  /**
   * @param appendBytesMax of one AppendEntries
   * @param inFlightBytesMax ahead of a follower's answers
   * @param unseenCommandsMax numbered and not seen applied
   * @param requestTimeoutMillis how long a request waits before it is given up
   * @param turnMicrosMax up to how long a turn takes what happens before it ends
   * @param snapshotLogBytes how much the log grows between two snapshots, 0 for no snapshots at all
   * @param snapshotMicrosMax up to how long it takes until a snapshot is written
   * @param trailingBytesMax how much of the log stays behind a snapshot
   * @param storeBytesMax how much the store may hold
   */
  public record Bounds(
      int appendBytesMax,
      int inFlightBytesMax,
      int unseenCommandsMax,
      int requestTimeoutMillis,
      int turnMicrosMax,
      long snapshotLogBytes,
      int snapshotMicrosMax,
      long trailingBytesMax,
      long storeBytesMax) {}

  /** How many servers there are in all. */
  int machines() {
    return servers + spares;
  }

  /** What server {@code id} is configured with. */
  RaftConfig raftConfig(int id, long incarnation, List<Integer> members) {
    return new RaftConfig(
        id,
        incarnation,
        members,
        form,
        electionTimeoutMillis,
        electionTimeoutMillis / 4,
        bounds.appendBytesMax,
        bounds.inFlightBytesMax,
        bounds.trailingBytesMax,
        bounds.storeBytesMax);
  }

  ReplicaOptions replicaOptions() {
    long logBytes = bounds.snapshotLogBytes == 0 ? Long.MAX_VALUE : bounds.snapshotLogBytes;
    return new ReplicaOptions(
        bounds.requestTimeoutMillis,
        electionTimeoutMillis,
        bounds.unseenCommandsMax,
        8 * bounds.appendBytesMax,
        new SnapshotPolicy(logBytes, electionTimeoutMillis),
        CORRUPTION_CHECK_MILLIS);
  }

  Conditions withDurationMillis(int millis) {
    return new Conditions(
        servers,
        spares,
        form,
        restored,
        electionTimeoutMillis,
        millis,
        network,
        disk,
        clocks,
        load,
        bounds);
  }
}
