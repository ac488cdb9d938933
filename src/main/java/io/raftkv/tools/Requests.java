package io.raftkv.tools;

import io.raftkv.base.Bytes;
import io.raftkv.check.Action;
import java.nio.charset.StandardCharsets;

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

  /** The request for {@code action}; {@code key} is in UTF-8. */
  public static Bytes of(Bytes key, Action action) {
    return action.dispatch(new OfKey(new String(key.toArray(), StandardCharsets.UTF_8)));
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

  private record OfKey(String key) implements Action.Handler<Bytes> {
    @Override
    public Bytes onSet(Action.Set set) {
      return set(key, set.exptime(), set.value());
    }

    @Override
    public Bytes onCas(Action.Cas cas) {
      return cas(key, cas.exptime(), cas.version(), cas.value());
    }

    @Override
    public Bytes onDelete(Action.Delete delete) {
      return delete(key);
    }

    @Override
    public Bytes onGet(Action.Get get) {
      return get(key);
    }

    @Override
    public Bytes onGetMeta(Action.GetMeta getMeta) {
      return getm(key);
    }
  }
}
