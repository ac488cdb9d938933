package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.raft.LogRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A server that writes its log, takes snapshots, drops what they cover and is sent others, and dies
 * at every single operation of all that: the state that it had acknowledged is there, from whatever
 * snapshot and log, and whoever looks twice finds the same.
 */
class SnapshotCrashTest {
  private static final int STEPS = 300;
  private static final int LAST = 3_000;

  private final long seed = Long.getLong("raftkv.seed", 20_261_125);
  private final SplittableRandom random = new SplittableRandom(seed);
  private final SplittableRandom chance = random.split();
  private final SomeStates states = new SomeStates(LAST);
  private final CrashDisk disk = new CrashDisk();
  private final StorageOptions options =
      new StorageOptions(1 << 12, 1 << 16, disk, new StillMachine(seed));
  private long durable;
  private long begun;
  private long operations;
  private long images;
  private int drops;
  private int installs;
  private int fallbacks;
  private long installedIndex;

  private LogFiles open(CrashDisk other) {
    return LogFiles.open(CrashDisk.DIRECTORY, 3, options.withDisk(other));
  }

  @Test
  void atWhateverOperationItDiesTheStateIsThere() throws IOException {
    disk.watch(operation -> checkAll());
    var files = open(disk);
    files.gather(List.of(new LogRecord.Vote(30, -1), new LogRecord.Joined(77)));
    files.flush();
    for (int step = 0; step < STEPS && durable + 60 < LAST; step++) {
      step(files);
    }
    checkAll();
    assertTrue(operations > 1_000, operations + " operations");
    assertTrue(drops > 5, drops + " drops");
    assertTrue(installs > 3, installs + " snapshots of others");
    assertTrue(fallbacks > 3, fallbacks + " times without the newest");
    System.out.printf(
        "%d operations, %d states of the disk, %d files dropped, %d snapshots received%n",
        operations, images, drops, installs);
  }

  private void step(LogFiles files) throws IOException {
    switch (random.nextInt(12)) {
      case 0, 1 -> save(files);
      case 2 -> install(files, durable + 1 + random.nextInt(50));
      case 3 -> files.mark();
      default -> append(files, 1 + random.nextInt(8));
    }
  }

  private void append(LogFiles files, int count) throws IOException {
    begun = durable + count;
    files.gather(List.of(new LogRecord.Append(states.entries(durable, begun))));
    files.flush();
    durable = begun;
  }

  private void save(LogFiles files) throws IOException {
    if (durable > 0) {
      var saved = files.snapshots().save(states.snapshot(durable), states.store(durable).freeze());
      int before = disk.segments().size();
      files.dropLogUpTo(saved.oldestIndex());
      drops += before - disk.segments().size();
      checkOlder(durable);
    }
  }

  /** The log reaches back to the older of the two snapshots, if no other server's came between. */
  private void checkOlder(long newest) {
    var image = disk.afterKill();
    var names = image.list(CrashDisk.DIRECTORY).stream().filter(SnapshotName::isSnapshot).toList();
    if (names.size() < 2 || SnapshotName.index(names.get(0)) < installedIndex) {
      return;
    }
    var damaged = image.bytes(SnapshotName.of(newest)).clone();
    damaged[damaged.length / 2] ^= 1;
    image.put(SnapshotName.of(newest), damaged);
    fallbacks++;
    assertEquals(durable, recover(image, "seed " + seed + ", the newest is damaged"));
  }

  private void install(LogFiles files, long index) throws IOException {
    var bytes = file(index);
    begun = index;
    try (var sink = files.snapshots().receive(states.snapshot(index).id(), bytes.length)) {
      sink.write(ByteBuffer.wrap(bytes, 0, bytes.length / 2), 0);
      int rest = bytes.length - bytes.length / 2;
      sink.write(ByteBuffer.wrap(bytes, bytes.length / 2, rest), bytes.length / 2);
      sink.finish();
    }
    durable = index;
    files.gather(List.of(new LogRecord.StartAfter(states.snapshot(index).id())));
    files.flush();
    installs++;
    installedIndex = index;
  }

  private byte[] file(long index) throws IOException {
    var elsewhere = new MemoryFiles();
    var others = new SnapshotFiles(MemoryFiles.DIRECTORY, options.withDisk(elsewhere));
    others.save(states.snapshot(index), states.store(index).freeze());
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(elsewhere.bytes(SnapshotName.of(index)));
    return bytes.toByteArray();
  }

  private void checkAll() {
    operations++;
    for (var image : disk.images(chance)) {
      images++;
      check(image, "seed " + seed + ", operation " + operations + ", " + image);
    }
    check(disk.afterKill(), "seed " + seed + ", operation " + operations + ", killed");
  }

  private void check(CrashDisk image, String where) {
    long found = recover(image, where);
    assertTrue(
        found >= durable && found <= begun,
        () -> where + ": up to " + found + ", not from " + durable + " to " + begun);
    assertEquals(found, recover(image, where), where + ", again");
  }

  /** Up to which entry the state goes that is found, after a look at the state itself. */
  private long recover(CrashDisk image, String where) {
    try {
      var files = open(image);
      files.closeLog();
      files.unlock();
      var store = files.recoveredStore();
      for (var entry : files.recovered().entries()) {
        if (entry.index() > store.appliedIndex()) {
          SomeStates.apply(store, entry);
        }
      }
      assertEquals(states.digest(store.appliedIndex()), store.digest(), where);
      return store.appliedIndex();
    } catch (IOException | StorageFailure e) {
      throw new AssertionError(where, e);
    }
  }
}
