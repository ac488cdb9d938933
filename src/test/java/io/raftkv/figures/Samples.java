package io.raftkv.figures;

import java.util.Arrays;

/** Many numbers, in the order in which they came. */
final class Samples {
  private long[] values = new long[1 << 16];
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  long at(int index) {
    return values[index];
  }

  /**
   * The number that {@code share}, from 0 to 1, of those from {@code from} up to {@code to} do not
   * exceed.
   */
  long percentile(double share, int from, int to) {
    if (from >= to) {
      return 0;
    }
    var sorted = Arrays.copyOfRange(values, from, to);
    Arrays.sort(sorted);
    return sorted[
        (int) Math.min(sorted.length - 1L, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  }

  /** As above, of all. */
  long percentile(double share) {
    return percentile(share, 0, size);
  }

  /** Of numbers that grow: the first index whose number is not below {@code least}. */
  int indexOf(long least) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (values[middle] - least < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Of numbers that grow: the longest way without one, between {@code from} and {@code to}. */
  long longestGap(long from, long to) {
    long longest = 0;
    long last = from;
    for (int i = indexOf(from); i < size && values[i] - to <= 0; i++) {
      longest = Math.max(longest, values[i] - last);
      last = values[i];
    }
    return Math.max(longest, to - last);
  }
}
