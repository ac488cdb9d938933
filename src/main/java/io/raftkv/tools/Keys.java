package io.raftkv.tools;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;

/** The keys of one run, so that runs do not meet and nothing stays behind. */
final class Keys {
  private static final int UNANSWERED_MAX = 500;

  private final String prefix;
  private final Set<String> used = new LinkedHashSet<>();

  /** With this prefix and a random number. */
  static Keys random(String prefix) {
    return new Keys("%s-%08x".formatted(prefix, new Random().nextInt()));
  }

  /** All keys begin with {@code prefix}. */
  Keys(String prefix) {
    this.prefix = prefix;
  }

  String prefix() {
    return prefix;
  }

  String key(String name) {
    var key = prefix + "-" + name;
    used.add(key);
    return key;
  }

  /** Deletes all of them over this connection. */
  void remove(KvClient client) throws IOException {
    int unanswered = 0;
    for (var key : used) {
      client.send(Requests.delete(key));
      unanswered++;
      if (unanswered == UNANSWERED_MAX) {
        client.receive();
        unanswered--;
      }
    }
    for (; unanswered > 0; unanswered--) {
      client.receive();
    }
  }
}
