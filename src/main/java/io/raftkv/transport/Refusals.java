package io.raftkv.transport;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs why connections are refused, each cause once in a while. */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(PeerTransportVerticle.class);
  private static final long AGAIN_NANOS = 30_000_000_000L;
  private static final int CAUSES_MAX = 64;

  private final Map<String, Long> saidAt = new HashMap<>();

  void say(String who, String cause) {
    long now = System.nanoTime();
    var key = who + cause;
    Long before = saidAt.get(key);
    if (before != null && now - before < AGAIN_NANOS) {
      return;
    }
    if (saidAt.size() >= CAUSES_MAX) {
      saidAt.clear();
    }
    saidAt.put(key, now);
    LOG.warn("refused the peer connection {}: {}", who, cause);
  }
}
