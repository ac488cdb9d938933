package io.raftkv.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A file: its bytes as processes see them, as they were forced, and what lies between. */
final class SimFile {
  private static final int SECTOR = 512;
  private static final int REMEMBERED_MAX = 8;

  private final List<Write> unforced = new ArrayList<>();
  private final List<Write> remembered = new ArrayList<>();
  private byte[] seen = new byte[0];
  private byte[] forced = new byte[0];

  /** Bytes that the system has taken. */
  private static final class Write {
    private final int position;
    private final byte[] content;

    Write(int position, byte[] content) {
      this.position = position;
      this.content = content;
    }

    boolean overlaps(Write other) {
      return position < other.position + other.content.length
          && other.position < position + content.length;
    }
  }

  /** The file as it is durable, for a disk of its own. */
  SimFile copyOfForced() {
    var copy = new SimFile();
    copy.forced = forced.clone();
    copy.seen = forced.clone();
    return copy;
  }

  int size() {
    return seen.length;
  }

  void read(ByteBuffer target, int position) {
    int count = Math.max(0, Math.min(target.remaining(), seen.length - position));
    target.put(seen, position, count);
  }

  /** The process has written; it sees that at once. */
  void write(int position, byte[] content) {
    seen = put(seen, position, content);
  }

  /** The system has taken the write. */
  void written(int position, byte[] content) {
    unforced.add(new Write(position, content));
  }

  /** All that was taken so far is on the disk. */
  void forced() {
    for (var write : unforced) {
      forced = put(forced, write.position, write.content);
    }
    remembered.addAll(unforced);
    if (remembered.size() > REMEMBERED_MAX) {
      remembered.subList(0, remembered.size() - REMEMBERED_MAX).clear();
    }
    unforced.clear();
  }

  /**
   * The process is gone.
   *
   * @param power if there, the machine is gone as well, and this decides what has survived
   */
  void crash(Optional<RandomGenerator> power) {
    if (power.isPresent()) {
      forced = survivors(power.get());
      unforced.clear();
      seen = forced.clone();
      return;
    }
    seen = forced.clone();
    for (var write : unforced) {
      seen = put(seen, write.position, write.content);
    }
  }

  private byte[] survivors(RandomGenerator random) {
    int mode = random.nextInt(3);
    byte[] survived = forced;
    for (var write : unforced) {
      for (int at = 0; at < write.content.length; at += SECTOR) {
        if (mode == 1 || (mode == 2 && random.nextBoolean())) {
          int end = Math.min(write.content.length, at + SECTOR);
          var sector = Arrays.copyOfRange(write.content, at, end);
          survived = put(survived, write.position + at, sector);
        }
      }
    }
    return survived;
  }

  /** How many bytes there are up to the last that is not zero. */
  int used() {
    int used = seen.length;
    while (used > 0 && seen[used - 1] == 0) {
      used--;
    }
    return used;
  }

  /**
   * Takes back one of the last writes, but not the very last, and none that others have written
   * over; empty if there is no such write.
   */
  Optional<Runnable> loseWrite(RandomGenerator random) {
    if (remembered.size() < 2) {
      return Optional.empty();
    }
    int number = random.nextInt(remembered.size() - 1);
    var lost = remembered.get(number);
    var later = remembered.subList(number + 1, remembered.size());
    if (later.stream().anyMatch(lost::overlaps)) {
      return Optional.empty();
    }
    var before = Arrays.copyOfRange(seen, lost.position, lost.position + lost.content.length);
    overwrite(lost.position, new byte[lost.content.length]);
    return Optional.of(() -> overwrite(lost.position, before));
  }

  private void overwrite(int position, byte[] content) {
    seen = put(seen, position, content);
    forced = put(forced, position, content);
  }

  void flip(int bit) {
    turn(seen, bit);
    turn(forced, bit);
  }

  private static void turn(byte[] bytes, int bit) {
    if (bit / 8 < bytes.length) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  private static byte[] put(byte[] bytes, int position, byte[] content) {
    int end = position + content.length;
    var target = bytes.length < end ? Arrays.copyOf(bytes, end) : bytes;
    System.arraycopy(content, 0, target, position, content.length);
    return target;
  }
}
