package io.raftkv.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The log in memory, beside a list that never forgets anything. */
class RaftLogTest {
  private final long seed = new SplittableRandom().nextLong();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final List<Entry> all = new ArrayList<>();
  private final RaftLog log = new RaftLog(List.of());
  private long start;

  private void append() {
    long term = Math.max(1, log.lastTerm() + (random.nextInt(4) == 0 ? 1 : 0));
    boolean configures = random.nextInt(10) == 0;
    var content =
        configures
            ? new Configuration(7, List.of(new Configuration.Seat(0, log.lastIndex() + 1))).encode()
            : Bytes.wrap(new byte[random.nextInt(100)]);
    var kind = configures ? Entry.Kind.CONFIGURATION : Entry.Kind.COMMAND;
    var entry = new Entry(log.lastIndex() + 1, term, log.lastTime() + 1, kind, content);
    log.append(entry);
    all.add(entry);
  }

  private long between(long low, long high) {
    return low + random.nextLong(high - low + 1);
  }

  private long weight(long from, long to) {
    long weight = 0;
    for (long index = Math.max(from, start + 1); index <= to; index++) {
      weight += all.get((int) index - 1).weight();
    }
    return weight;
  }

  private Optional<Configuration> configuration() {
    var found = Optional.<Configuration>empty();
    for (var entry : all) {
      if (entry.kind() == Entry.Kind.CONFIGURATION) {
        found = Optional.of(Configuration.decode(entry.command()));
      }
    }
    return found;
  }

  private void check() {
    long last = all.size();
    assertEquals(start, log.startIndex());
    assertEquals(last, log.lastIndex());
    assertEquals(configuration(), log.configuration());
    for (long index = Math.max(1, start); index <= last; index++) {
      assertEquals(all.get((int) index - 1).term(), log.term(index));
    }
    long from = between(start + 1, last + 1);
    long to = between(from - 1, last);
    assertEquals(all.subList((int) from - 1, (int) to), log.slice(from, to));
    assertEquals(weight(from, to), log.weight(from, to));
    assertEquals(weight(1, to), log.weight(1, to));
    checkTail(to);
  }

  private void checkTail(long end) {
    long bytes = random.nextLong(2_000);
    long tail = log.tailStart(end, bytes);
    assertTrue(weight(tail + 1, end) <= bytes);
    assertTrue(tail == start || weight(tail, end) > bytes);
  }

  @Test
  void whateverIsDroppedInFrontAndBehindTheRestStaysAsItWas() {
    System.out.println("RaftLogTest: seed " + seed);
    for (int round = 0; round < 5_000; round++) {
      append();
      if (random.nextInt(20) == 0 && all.size() > start) {
        long from = between(start + 1, all.size());
        log.truncate(from);
        all.subList((int) from - 1, all.size()).clear();
      }
      if (random.nextInt(20) == 0) {
        start = between(start, all.size());
        log.compact(start);
      }
      check();
    }
    assertTrue(start > 0);
  }

  @Test
  void compactionUpToWhatIsGoneAlreadyChangesNothing() {
    append();
    append();
    log.compact(0);
    assertEquals(0, log.startIndex());
    log.compact(2);
    log.compact(1);
    assertEquals(2, log.startIndex());
    assertEquals(2, log.lastIndex());
    assertEquals(all.get(1).term(), log.lastTerm());
  }
}
