package io.raftkv.storage;

import io.raftkv.base.Bytes;
import io.raftkv.raft.Entry;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.PersistentState;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What a server might write, by chance: each step follows from the ones before. */
final class RandomRecords {
  private static final int SMALL_BYTES = 200;
  private static final int LARGE_BYTES = 6_000;

  private final RandomGenerator random;
  private long term;
  private long lastIndex;

  RandomRecords(RandomGenerator random) {
    this.random = random;
  }

  /** Goes on behind what a restart found. */
  void goOnFrom(PersistentState found) {
    term = found.term();
    lastIndex = found.entries().size();
  }

  /** What is written at once: mostly a few small entries, now and then something else. */
  List<LogRecord> next() {
    var records = new ArrayList<LogRecord>();
    int what = random.nextInt(100);
    if (what < 12) {
      records.add(new LogRecord.Vote(++term, random.nextInt(6) - 1));
    } else if (what < 20 && lastIndex > 4) {
      lastIndex -= 1 + random.nextInt(4);
      records.add(new LogRecord.TruncateSuffix(lastIndex + 1));
      records.add(entry(SMALL_BYTES));
    } else if (what < 23) {
      records.add(new LogRecord.Joined(random.nextLong()));
    } else if (what < 24) {
      records.add(entry(LARGE_BYTES));
    } else {
      for (int count = 1 + random.nextInt(3); count > 0; count--) {
        records.add(entry(SMALL_BYTES));
      }
    }
    return records;
  }

  private LogRecord entry(int bytesMax) {
    var content = new byte[bytesMax / 2 + random.nextInt(bytesMax / 2)];
    random.nextBytes(content);
    lastIndex++;
    return new LogRecord.Append(
        List.of(new Entry(lastIndex, term, lastIndex, Entry.Kind.COMMAND, Bytes.wrap(content))));
  }
}
