package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import io.raftkv.raft.Configuration.Seat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
  private static Configuration of(int size) {
    return new Configuration(
        7, IntStream.range(0, size).mapToObj(id -> new Seat(id, 100 + id)).toList());
  }

  @Test
  void aQuorumIsMoreThanHalfOfAllSeatsForEverySize() {
    for (int size = 1; size <= 7; size++) {
      var configuration = of(size);
      for (int agreeing = 0; agreeing < 1 << size; agreeing++) {
        int set = agreeing;
        boolean quorum = configuration.isQuorum(id -> (set >> id & 1) == 1);
        assertEquals(2 * Integer.bitCount(set) > size, quorum, size + " servers");
      }
    }
  }

  @Test
  void theQuorumValueIsTheHighestThatAMajorityReached() {
    long[] values = {9, 2, 7, 4, 5};

    assertEquals(5, of(5).quorumValue(id -> values[id]));
    assertEquals(4, of(4).quorumValue(id -> values[id]));
    assertEquals(2, of(2).quorumValue(id -> values[id]));
    assertEquals(9, of(1).quorumValue(id -> values[id]));
  }

  @Test
  void anEmptySeatIsNobodysButCounts() {
    var configuration = of(3).with(2, Seat.EMPTY);

    assertTrue(configuration.has(2));
    assertFalse(configuration.seats(2, Seat.EMPTY));
    assertFalse(configuration.seats(2, 102));
    assertTrue(configuration.seats(1, 101));
    assertFalse(configuration.seats(1, 999));
    assertFalse(configuration.seats(9, 101));
    assertFalse(configuration.has(9));
  }

  @Test
  void aConfigurationComesBackAsItWas() {
    for (int size = 1; size <= 7; size++) {
      assertEquals(of(size), Configuration.decode(of(size).encode()));
    }
  }

  @Test
  void whatIsNoConfigurationIsRefused() {
    var encoded = of(3).encode();
    for (int length = 0; length < encoded.length(); length++) {
      var cut = encoded.slice(0, length);
      assertThrows(IllegalArgumentException.class, () -> Configuration.decode(cut));
    }
    var newer = encoded.toArray();
    newer[0] = 3;
    assertThrows(IllegalArgumentException.class, () -> Configuration.decode(Bytes.wrap(newer)));
    var none = new Configuration(7, List.of()).encode();
    assertThrows(IllegalArgumentException.class, () -> Configuration.decode(none));
  }

  @Test
  void settingsThatCannotWorkAreRefused() {
    var members = List.of(0, 1, 2);
    RaftConfig.of(0, 5, members, false, 1_000);

    assertThrows(IllegalArgumentException.class, () -> RaftConfig.of(9, 5, members, false, 1_000));
    assertThrows(IllegalArgumentException.class, () -> RaftConfig.of(0, 0, members, false, 1_000));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RaftConfig(0, 5, members, false, 1_000, 0, 10, 10, 0, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RaftConfig(0, 5, members, false, 1_000, 500, 10, 10, 0, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RaftConfig(0, 5, members, false, 1_000, 100, 0, 10, 0, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RaftConfig(0, 5, members, false, 1_000, 100, 20, 10, 0, 1));
  }

  @Test
  void recordsThatDoNotFollowAreRefused() {
    var fold = new PersistentState.Fold();
    fold.onVote(new LogRecord.Vote(3, 1));
    fold.onAppend(new LogRecord.Append(List.of(Lone.entry(1, 3))));

    assertThrows(IllegalArgumentException.class, () -> fold.onVote(new LogRecord.Vote(2, 1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> fold.onAppend(new LogRecord.Append(List.of(Lone.entry(3, 3)))));
    assertThrows(
        IllegalArgumentException.class,
        () -> fold.onTruncateSuffix(new LogRecord.TruncateSuffix(2)));
    assertThrows(
        IllegalArgumentException.class,
        () -> fold.onTruncateSuffix(new LogRecord.TruncateSuffix(0)));
  }
}
