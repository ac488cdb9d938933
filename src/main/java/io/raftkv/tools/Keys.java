package io.raftkv.tools;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The keys of one run of the tester, so that runs do not meet and nothing stays behind. */
final class Keys {
  private final String prefix;
  private final Set<String> used = new LinkedHashSet<>();

  /** All keys begin with {@code prefix}. */
  Keys(String prefix) {
    this.prefix = prefix;
  }

  String key(String name) {
    var key = prefix + "-" + name;
    used.add(key);
    return key;
  }

  List<String> used() {
    return List.copyOf(used);
  }
}
