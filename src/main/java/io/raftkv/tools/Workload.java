package io.raftkv.tools;

import io.raftkv.base.Bytes;
import io.raftkv.check.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What one client asks: a mix of all commands, mostly about few hot keys, with versions that were
 * seen lately and values that are written once only.
 */
final class Workload {
  private static final int HOT_KEYS = 2;
  private static final int BURST_MAX = 8;
  private static final int MORTAL_EVERY = 4;
  private static final int EXPTIME_MAX = 2;
  private static final Duration REWRITE_EVERY = Duration.ofSeconds(5);
  private static final int LARGE_EVERY = 32;
  private static final int READABLE = 64;
  private static final int LINE_ENDS_MAX = 2048;

  private final SplittableRandom random;
  private int values;

  Workload(SplittableRandom random) {
    this.random = random;
  }

  /** Whether the next burst is for the long round. */
  boolean wantsLong() {
    return random.nextInt(10) == 0;
  }

  /** Requests to be sent in one go: half of the time just one. */
  List<Asked> burst(Round round, int client) {
    int size = random.nextBoolean() ? 1 : 2 + random.nextInt(BURST_MAX - 1);
    var burst = new ArrayList<Asked>();
    for (int i = 0; i < size; i++) {
      burst.add(request(round, client));
    }
    return burst;
  }

  private Asked request(Round round, int client) {
    int count = round.keys().size();
    boolean hot = random.nextInt(3) > 0;
    int index = random.nextInt(hot ? Math.min(HOT_KEYS, count) : count);
    boolean mortal = index % MORTAL_EVERY == MORTAL_EVERY - 1;
    var verb = mortal ? verbForMortal(round, index) : verb();
    int exptime = mortal ? 1 + random.nextInt(EXPTIME_MAX) : 0;
    var action =
        switch (verb) {
          case GET -> new Action.Get();
          case GETM -> new Action.GetMeta();
          case DELETE -> new Action.Delete();
          case SET -> new Action.Set(exptime, value(client));
          case CAS -> new Action.Cas(exptime, version(round, index), value(client));
        };
    return new Asked(verb, index, round.key(index), action);
  }

  private Verb verb() {
    int dice = random.nextInt(100);
    if (dice < 50) {
      return dice < 25 ? Verb.GET : Verb.GETM;
    }
    if (dice < 92) {
      return dice < 72 ? Verb.SET : Verb.CAS;
    }
    return Verb.DELETE;
  }

  /** Mostly reads: only a key that is let alone is seen to expire. */
  private Verb verbForMortal(Round round, int index) {
    if (round.isRewriteDue(index, REWRITE_EVERY)) {
      return round.latest(index) == 0 || random.nextBoolean() ? Verb.SET : Verb.CAS;
    }
    return random.nextBoolean() ? Verb.GET : Verb.GETM;
  }

  private long version(Round round, int index) {
    int dice = random.nextInt(10);
    if (dice < 7) {
      return round.latest(index);
    }
    return dice < 9 ? round.previous(index) : round.latest(random.nextInt(round.keys().size()));
  }

  /** No two are the same; now and then a larger one, with line ends where nobody has to read it. */
  private Bytes value(int client) {
    values++;
    var unique = client + "." + values;
    if (random.nextInt(LARGE_EVERY) > 0) {
      return Bytes.utf8(unique);
    }
    return Bytes.utf8(unique + ".".repeat(READABLE) + "\r\n".repeat(random.nextInt(LINE_ENDS_MAX)));
  }
}
