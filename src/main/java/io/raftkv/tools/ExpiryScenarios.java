package io.raftkv.tools;

import io.raftkv.base.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Keys that live for seconds. Real ones: a clock cannot be faked from outside. */
final class ExpiryScenarios {
  private static final Bytes VALUE = Bytes.utf8("mortal");
  private static final Duration LATE_MAX = Duration.ofSeconds(2);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  private ExpiryScenarios() {}

  static List<Scenario> all() {
    return List.of(
        new Scenario(
            "a key lives for its exptime and is then gone everywhere", ExpiryScenarios::life),
        new Scenario("an update replaces the exptime", ExpiryScenarios::replaced));
  }

  private static void life(Trial trial) throws IOException {
    var clients = trial.connectAll();
    var key = trial.key("mortal");
    long asked = System.nanoTime();
    long version = Trial.expectStored("set " + key, clients.get(0).set(key, 1, VALUE));
    long stored = System.nanoTime();
    for (int turn = 0; ; turn++) {
      var answer = clients.get(turn % clients.size()).get(key);
      long now = System.nanoTime();
      if (!answer.isValue()) {
        Trial.expect("get of a key that expires", "ERR_NOT_FOUND", answer);
        Trial.check(
            now - asked >= Duration.ofSeconds(1).toNanos(),
            "a key of 1 s was gone after " + millis(now - asked) + " ms");
        trial.say("gone within " + millis(now - stored) + " ms");
        break;
      }
      Trial.check(
          now - stored <= Duration.ofSeconds(1).plus(LATE_MAX).toNanos(),
          "a key of 1 s was still there after " + millis(now - stored) + " ms");
      Waiting.pause(LOOK_EVERY);
    }
    for (var client : clients) {
      Trial.expect("get of an expired key", "ERR_NOT_FOUND", client.get(key));
      Trial.expect("getm of an expired key", "ERR_NOT_FOUND", client.getm(key));
      Trial.expect("cas of an expired key", "ERR_NOT_FOUND", client.cas(key, 0, version, VALUE));
      Trial.expect("delete of an expired key", "ERR_NOT_FOUND", client.delete(key));
    }
  }

  private static void replaced(Trial trial) throws IOException {
    var client = trial.connectInTurn(1);
    var bySet = trial.key("set-for-ever");
    var byCas = trial.key("cas-for-ever");
    var shorter = trial.key("shorter");
    Trial.expectStored("set " + bySet, client.set(bySet, 1, VALUE));
    Trial.expectStored("set over it", client.set(bySet, 0, VALUE));
    long version = Trial.expectStored("set " + byCas, client.set(byCas, 1, VALUE));
    Trial.expectStored("cas over it", client.cas(byCas, 0, version, VALUE));
    Trial.expectStored("set " + shorter, client.set(shorter, 1000, VALUE));
    Trial.expectStored("set over it", client.set(shorter, 1, VALUE));
    long limit = System.nanoTime() + Duration.ofSeconds(1).plus(LATE_MAX).toNanos();
    while (client.get(shorter).isValue()) {
      Trial.check(System.nanoTime() - limit < 0, "a key whose exptime became 1 s is still there");
      Waiting.pause(LOOK_EVERY);
    }
    Trial.expectValue("get of a key whose exptime became 0 by set", VALUE, client.get(bySet));
    Trial.expectValue("get of a key whose exptime became 0 by cas", VALUE, client.get(byCas));
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }
}
