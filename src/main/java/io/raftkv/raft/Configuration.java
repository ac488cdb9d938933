package io.raftkv.raft;

import io.raftkv.base.Bytes;
import io.raftkv.base.Ranges;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;

/**
 * Who counts: one seat for each member id, each empty or held by one incarnation, that is by one
 * data directory. A quorum is a majority of all voters' seats, empty or not (dissertation 3.4,
 * 4.1).
 *
 * @param clusterId the cluster's identity, minted with its first configuration, or with the state
 *     that it is to begin with; never 0
 * @param storeBytesMax what the state machine may hold: all servers must agree on that, too
 * @param seats in the order of their ids
 */
public record Configuration(long clusterId, long storeBytesMax, List<Seat> seats) {
  /** No bound for what the state machine may hold. */
  public static final long UNBOUNDED = Long.MAX_VALUE;

  private static final byte VERSION = 2;
  private static final byte VERSION_WITHOUT_LEARNERS = 1;
  private static final int SEAT_BYTES = 13;

  /**
   * A member's place.
   *
   * @param incarnation whose vote and acknowledgement count here, or {@link #EMPTY}
   * @param isVoter false for a learner, which is sent the log and counts for nothing (dissertation
   *     4.2.1); its seat is empty
   */
  public record Seat(int id, long incarnation, boolean isVoter) {
    /** Nobody holds the seat. */
    public static final long EMPTY = 0;

    /** A voter's seat. */
    public Seat(int id, long incarnation) {
      this(id, incarnation, true);
    }

    public boolean isEmpty() {
      return incarnation == EMPTY;
    }
  }

  public Configuration {
    seats = List.copyOf(seats);
  }

  /** A configuration that does not bound the store. */
  public Configuration(long clusterId, List<Seat> seats) {
    this(clusterId, UNBOUNDED, seats);
  }

  /**
   * That of a state which a new cluster is to begin with, as one restored from a backup: nobody has
   * a seat yet, but whoever holds the state belongs to that cluster and to no other.
   */
  public static Configuration founding(long clusterId) {
    return new Configuration(clusterId, UNBOUNDED, List.of());
  }

  /** Whether the cluster has not been formed yet. */
  public boolean isFounding() {
    return seats.isEmpty();
  }

  /** Whether this id is a member, voter or learner. */
  public boolean has(int id) {
    return seat(id).isPresent();
  }

  /** This member's seat. */
  public Optional<Seat> seat(int id) {
    for (var seat : seats) {
      if (seat.id() == id) {
        return Optional.of(seat);
      }
    }
    return Optional.empty();
  }

  /** Whether this id votes, and its seat is held by this incarnation. */
  public boolean seats(int id, long incarnation) {
    return incarnation != Seat.EMPTY && seats.contains(new Seat(id, incarnation));
  }

  /** The ids that vote. */
  public List<Integer> voters() {
    return seats.stream().filter(Seat::isVoter).map(Seat::id).toList();
  }

  /** The same seats, but this voter's held by {@code incarnation}; a learner becomes a voter. */
  public Configuration with(int id, long incarnation) {
    return replace(id, List.of(new Seat(id, incarnation)));
  }

  /** The same and this learner, which must not be a member yet. */
  Configuration withLearner(int id) {
    return replace(id, List.of(new Seat(id, Seat.EMPTY, false)));
  }

  /** The same without this member. */
  Configuration without(int id) {
    return replace(id, List.of());
  }

  private Configuration replace(int id, List<Seat> its) {
    var next = new ArrayList<>(its);
    seats.stream().filter(seat -> seat.id() != id).forEach(next::add);
    next.sort((a, b) -> Integer.compare(a.id(), b.id()));
    return new Configuration(clusterId, storeBytesMax, next);
  }

  /** The same with another bound for the store. */
  Configuration withStoreBytesMax(long bytes) {
    return new Configuration(clusterId, bytes, seats);
  }

  /** Whether the ids that {@code agrees} holds for are a majority of all voters. */
  public boolean isQuorum(IntPredicate agrees) {
    return quorumValue(id -> agrees.test(id) ? 1 : 0) == 1;
  }

  /**
   * The highest value that a majority of all voters has reached. The one place where a quorum is
   * counted: for votes, for commits, for read rounds and for signs of life.
   */
  public long quorumValue(IntToLongFunction valueOf) {
    var values = new long[seats.size()];
    int voters = 0;
    for (var seat : seats) {
      if (seat.isVoter()) {
        values[voters++] = valueOf.applyAsLong(seat.id());
      }
    }
    Arrays.sort(values, 0, voters);
    return values[(voters - 1) / 2];
  }

  /** This configuration as the content of an entry. */
  public Bytes encode() {
    var buffer = ByteBuffer.allocate(1 + 8 + 8 + 4 + seats.size() * SEAT_BYTES);
    buffer.put(VERSION).putLong(clusterId).putLong(storeBytesMax).putInt(seats.size());
    for (var seat : seats) {
      buffer.putInt(seat.id()).putLong(seat.incarnation()).put((byte) (seat.isVoter() ? 1 : 0));
    }
    return Bytes.wrap(buffer.array());
  }

  /**
   * The inverse of {@link #encode}, also for what earlier versions wrote; throws {@link
   * IllegalArgumentException} for anything else.
   */
  public static Configuration decode(Bytes bytes) {
    var configuration = decodeOfState(bytes);
    if (configuration.isFounding()) {
      throw new IllegalArgumentException("a configuration without a seat");
    }
    return configuration;
  }

  /** As {@link #decode}, but of a state, with which a cluster may be to begin. */
  public static Configuration decodeOfState(Bytes bytes) {
    try {
      var buffer = bytes.toByteBuffer();
      int version = buffer.get();
      Ranges.within("the format of a configuration", version, VERSION_WITHOUT_LEARNERS, VERSION);
      boolean hasLearners = version == VERSION;
      long clusterId = buffer.getLong();
      long storeBytesMax = hasLearners ? buffer.getLong() : UNBOUNDED;
      var seats = decodeSeats(buffer, hasLearners);
      if (clusterId == 0) {
        throw new IllegalArgumentException("a configuration of no cluster");
      }
      return new Configuration(clusterId, storeBytesMax, seats);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a configuration of " + bytes.length() + " bytes", e);
    }
  }

  private static List<Seat> decodeSeats(ByteBuffer buffer, boolean hasLearners) {
    int count = buffer.getInt();
    int seatBytes = hasLearners ? SEAT_BYTES : SEAT_BYTES - 1;
    Ranges.within(
        "the bytes of seats",
        buffer.remaining(),
        (long) count * seatBytes,
        (long) count * seatBytes);
    var seats = new ArrayList<Seat>(count);
    for (int i = 0; i < count; i++) {
      seats.add(new Seat(buffer.getInt(), buffer.getLong(), !hasLearners || buffer.get() == 1));
    }
    return seats;
  }
}
