package io.raftkv.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes maps and lists of whatever nests like JSON. Vert.x nests objects of its own, which are no
 * maps, but iterate over their entries, and arrays that are no lists, but iterate over their
 * elements.
 */
final class PlainJson {
  private PlainJson() {}

  static Map<String, @Nullable Object> object(Iterable<?> entries) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (var element : entries) {
      var entry = (Map.Entry<?, ?>) element;
      map.put(String.valueOf(entry.getKey()), plain(entry.getValue()));
    }
    return map;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return object(map.entrySet());
    }
    if (value instanceof Iterable<?> elements) {
      return holdsEntries(elements) ? object(elements) : array(elements);
    }
    return value;
  }

  private static boolean holdsEntries(Iterable<?> elements) {
    var iterator = elements.iterator();
    return iterator.hasNext() && Map.Entry.class.isInstance(iterator.next());
  }

  private static List<@Nullable Object> array(Iterable<?> elements) {
    var list = new ArrayList<@Nullable Object>();
    for (var element : elements) {
      list.add(plain(element));
    }
    return list;
  }
}
