package io.raftkv.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The store against a list that is searched from its end: too slow to use, too simple to be wrong.
 */
class ModelTest {
  private static final int STEPS = 20_000;

  /** What a naive reader of the protocol would keep: every update in order. */
  private static final class Model {
    private record Update(Bytes key, Optional<Bytes> value, int exptime, long version, long time) {}

    private final List<Update> updates = new ArrayList<>();

    Optional<Update> find(Bytes key, long now) {
      for (int i = updates.size() - 1; i >= 0; i--) {
        var update = updates.get(i);
        if (update.key().equals(key)) {
          boolean dead = update.exptime() > 0 && update.time() + update.exptime() * 1_000L <= now;
          return dead || update.value().isEmpty() ? Optional.empty() : Optional.of(update);
        }
      }
      return Optional.empty();
    }

    Reply set(Bytes key, int exptime, Bytes value, long index, long now) {
      updates.add(new Update(key, Optional.of(value), exptime, index, now));
      return new Reply.Stored(index);
    }

    Reply cas(Request.Cas cas, long index, long now) {
      var found = find(cas.key(), now);
      if (found.isEmpty()) {
        return Reply.NOT_FOUND;
      }
      return found.get().version() == cas.version()
          ? set(cas.key(), cas.exptime(), cas.value(), index, now)
          : Reply.VERSION_MISMATCH;
    }

    Reply delete(Bytes key, long index, long now) {
      boolean there = find(key, now).isPresent();
      updates.add(new Update(key, Optional.empty(), 0, index, now));
      return there ? Reply.DELETED : Reply.NOT_FOUND;
    }
  }

  @Test
  void theStoreDoesWhatTheModelDoes() {
    runSeed(1);
    runSeed(System.nanoTime());
  }

  private void runSeed(long seed) {
    try {
      run(new SplittableRandom(seed));
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  private void run(SplittableRandom random) {
    var store = new KvStore();
    var model = new Model();
    var life = new Life(1, 1);
    long time = 0;
    for (int index = 1; index <= STEPS; index++) {
      time += random.nextInt(400);
      var key = Bytes.utf8("k" + random.nextInt(6));
      var command = command(random, key, index);
      var proposal = new Proposal(new RequestId(3, life, index), Optional.of(command)).encode();

      var applied = store.apply(index, time, proposal).orElseThrow();

      assertEquals(expected(model, command, index, time), applied.reply());
      var found = model.find(key, time);
      var read = store.read(new Request.GetMeta(key));
      assertEquals(
          found
              .<Reply>map(
                  u -> new Reply.ValueMeta(u.version(), u.exptime(), u.value().orElseThrow()))
              .orElse(Reply.NOT_FOUND),
          read);
      if (index % 1_000 == 0) {
        compareAll(store, model, time);
      }
    }
  }

  private static void compareAll(KvStore store, Model model, long time) {
    for (int i = 0; i < 6; i++) {
      var key = Bytes.utf8("k" + i);
      assertEquals(
          model.find(key, time).isPresent(),
          !store.read(new Request.Get(key)).equals(Reply.NOT_FOUND));
    }
  }

  private static Request.Command command(SplittableRandom random, Bytes key, int index) {
    int exptime = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0;
    var value = Bytes.utf8("v" + index);
    return switch (random.nextInt(4)) {
      case 0, 1 -> new Request.Set(key, exptime, value);
      case 2 -> new Request.Cas(key, exptime, Math.max(0, index - random.nextInt(12)), value);
      default -> new Request.Delete(key);
    };
  }

  private static Reply expected(Model model, Request.Command command, long index, long time) {
    return command.dispatch(
        new Request.CommandHandler<>() {
          @Override
          public Reply onSet(Request.Set set) {
            return model.set(set.key(), set.exptime(), set.value(), index, time);
          }

          @Override
          public Reply onCas(Request.Cas cas) {
            return model.cas(cas, index, time);
          }

          @Override
          public Reply onDelete(Request.Delete delete) {
            return model.delete(delete.key(), index, time);
          }
        });
  }
}
