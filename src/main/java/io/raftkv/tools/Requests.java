package io.raftkv.tools;

import io.raftkv.base.Bytes;

/** The requests of the client protocol as bytes. */
public final class Requests {
  private static final Bytes LINE_END = Bytes.utf8("\r\n");

  private Requests() {}

  public static Bytes get(String key) {
    return Bytes.utf8("get " + key + "\r\n");
  }

  public static Bytes getm(String key) {
    return Bytes.utf8("getm " + key + "\r\n");
  }

  public static Bytes delete(String key) {
    return Bytes.utf8("delete " + key + "\r\n");
  }

  public static Bytes set(String key, int exptimeSeconds, Bytes value) {
    var line = "set " + key + " " + exptimeSeconds + " " + value.length() + "\r\n";
    return join(Bytes.utf8(line), value, LINE_END);
  }

  public static Bytes cas(String key, int exptimeSeconds, long version, Bytes value) {
    var line = "cas " + key + " " + exptimeSeconds + " " + version + " " + value.length() + "\r\n";
    return join(Bytes.utf8(line), value, LINE_END);
  }

  /** All parts behind each other. */
  public static Bytes join(Bytes... parts) {
    int length = 0;
    for (var part : parts) {
      length += part.length();
    }
    var whole = new byte[length];
    int at = 0;
    for (var part : parts) {
      part.copyTo(whole, at);
      at += part.length();
    }
    return Bytes.wrap(whole);
  }
}
