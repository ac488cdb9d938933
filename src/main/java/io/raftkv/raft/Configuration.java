package io.raftkv.raft;

import io.raftkv.base.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;

/**
 * Who counts: one seat for each member id, each empty or held by one incarnation, that is by one
 * data directory. A quorum is a majority of all seats, empty or not (dissertation 3.4, 4.1).
 *
 * @param clusterId the cluster's identity, minted with its first configuration; never 0 in a log
 * @param seats in the order of their ids
 */
public record Configuration(long clusterId, List<Seat> seats) {
  private static final byte VERSION = 1;
  private static final int SEAT_BYTES = 12;

  /**
   * A member's place.
   *
   * @param incarnation whose vote and acknowledgement count here, or {@link #EMPTY}
   */
  public record Seat(int id, long incarnation) {
    /** Nobody holds the seat. */
    public static final long EMPTY = 0;

    public boolean isEmpty() {
      return incarnation == EMPTY;
    }
  }

  public Configuration {
    seats = List.copyOf(seats);
  }

  /** Whether there is a seat for this id. */
  public boolean has(int id) {
    for (var seat : seats) {
      if (seat.id() == id) {
        return true;
      }
    }
    return false;
  }

  /** Whether this id's seat is held by this incarnation. */
  public boolean seats(int id, long incarnation) {
    for (var seat : seats) {
      if (seat.id() == id) {
        return !seat.isEmpty() && seat.incarnation() == incarnation;
      }
    }
    return false;
  }

  /** The same seats, but this id's held by {@code incarnation}. */
  public Configuration with(int id, long incarnation) {
    return new Configuration(
        clusterId, seats.stream().map(s -> s.id() == id ? new Seat(id, incarnation) : s).toList());
  }

  /** Whether the ids that {@code agrees} holds for are a majority of all seats. */
  public boolean isQuorum(IntPredicate agrees) {
    return quorumValue(id -> agrees.test(id) ? 1 : 0) == 1;
  }

  /**
   * The highest value that a majority of all seats has reached. The one place where a quorum is
   * counted: for votes, for commits, for read rounds and for signs of life.
   */
  public long quorumValue(IntToLongFunction valueOf) {
    var values = new long[seats.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = valueOf.applyAsLong(seats.get(i).id());
    }
    java.util.Arrays.sort(values);
    return values[(values.length - 1) / 2];
  }

  /** This configuration as the content of an entry. */
  public Bytes encode() {
    var buffer = ByteBuffer.allocate(1 + 8 + 4 + seats.size() * SEAT_BYTES);
    buffer.put(VERSION).putLong(clusterId).putInt(seats.size());
    for (var seat : seats) {
      buffer.putInt(seat.id()).putLong(seat.incarnation());
    }
    return Bytes.wrap(buffer.array());
  }

  /** The inverse of {@link #encode}; throws {@link IllegalArgumentException} for anything else. */
  public static Configuration decode(Bytes bytes) {
    try {
      var buffer = bytes.toByteBuffer();
      int version = buffer.get();
      if (version != VERSION) {
        throw new IllegalArgumentException("a configuration of format " + version);
      }
      long clusterId = buffer.getLong();
      int count = buffer.getInt();
      if (count < 1 || buffer.remaining() != (long) count * SEAT_BYTES) {
        throw new IllegalArgumentException("a configuration of " + count + " seats");
      }
      var seats = new ArrayList<Seat>(count);
      for (int i = 0; i < count; i++) {
        seats.add(new Seat(buffer.getInt(), buffer.getLong()));
      }
      return new Configuration(clusterId, seats);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a configuration of " + bytes.length() + " bytes", e);
    }
  }
}
