package io.raftkv.tools;

import io.raftkv.base.Bytes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What servers have acknowledged, and so must never forget. */
final class Ledger {
  private final Map<String, Answer> stored = new LinkedHashMap<>();

  /** Notes an acknowledged set without exptime. */
  void stored(String key, long version, Bytes value) {
    stored.put(key, new Answer("VALUE " + version + " 0 " + value.length(), value));
  }

  /** Reads everything back over one connection. */
  void check(KvClient client, String server) throws IOException {
    for (var key : stored.keySet()) {
      client.send(Requests.getm(key));
    }
    for (var entry : stored.entrySet()) {
      Trial.expect("getm " + entry.getKey() + " on " + server, entry.getValue(), client.receive());
    }
  }

  int size() {
    return stored.size();
  }
}
