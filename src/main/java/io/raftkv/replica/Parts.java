package io.raftkv.replica;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Cuts what is to be sent into messages of bounded size. */
final class Parts {
  private Parts() {}

  /** The same in the same order, in parts of at most so many bytes, or of one that is larger. */
  static List<List<Bytes>> of(List<Bytes> all, int bytesMax) {
    var parts = new ArrayList<List<Bytes>>();
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < all.size(); i++) {
      int next = all.get(i).length();
      if (i > from && bytes + next > bytesMax) {
        parts.add(all.subList(from, i));
        from = i;
        bytes = 0;
      }
      bytes += next;
    }
    if (from < all.size()) {
      parts.add(all.subList(from, all.size()));
    }
    return parts;
  }
}
