package io.raftkv.replica;

import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Whether this run of the server is still the one whose commands count. Another life of it (a
 * copied disk, a clock set back) may have numbered commands: a newer life makes this one's count
 * again.
 */
final class Lives {
  private final int id;
  private final Origin origin;
  private final RandomGenerator random;
  private final Environment environment;
  private boolean forcing;

  Lives(int id, Origin origin, RandomGenerator random, Environment environment) {
    this.id = id;
    this.origin = origin;
    this.random = random;
    this.environment = environment;
  }

  /** Asks for a newer life if the store knows another one that this one does not come after. */
  void check(KvStore store) {
    var known = store.origins().life(id);
    if (!forcing && !known.equals(origin.life()) && known.number() >= origin.life().number()) {
      forcing = true;
      environment.forceLife(new Life(known.number() + 1, random.nextLong()));
    }
  }

  /** The newer life is durable. */
  void forced(Life life) {
    forcing = false;
    origin.begin(life);
  }

  /** Whether a newer life is on its way, so that nothing may be numbered. */
  boolean isForcing() {
    return forcing;
  }

  /**
   * A whole state has come: what clients wait for may be in there, without a word of what became of
   * it.
   *
   * @param covered is given what may be in there
   */
  void restored(KvStore image, Consumer<Waiting> covered) {
    var origins = image.origins();
    var known = origins.life(id);
    if (known.equals(origin.life())) {
      origin.coveredUpTo(origins.lastSequence(id), covered);
    } else if (known.number() >= origin.life().number()) {
      origin.coveredUpTo(Long.MAX_VALUE, covered);
    }
  }
}
