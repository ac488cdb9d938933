package io.raftkv.sim;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Life;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Entry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A second opinion about what a log means: the simplest store that could be right, which shares
 * nothing with the real one. A key ends when somebody looks and finds its deadline passed.
 */
final class ModelStore {
  private final Map<Bytes, Item> items = new HashMap<>();
  private final Map<Integer, Last> lasts = new HashMap<>();
  private long bytesMax = Long.MAX_VALUE;
  private long index;
  private long time;

  private record Item(Bytes value, int exptime, long version, long deadline) {}

  private record Last(Life life, long sequence) {}

  /** Applies the next entry; what its client must be told, empty if it is nobody's command. */
  Optional<Reply> apply(Entry entry) {
    index = entry.index();
    time = entry.time();
    if (entry.kind() == Entry.Kind.CONFIGURATION) {
      bytesMax = Configuration.decode(entry.command()).storeBytesMax();
    }
    if (entry.kind() != Entry.Kind.COMMAND) {
      return Optional.empty();
    }
    var proposal = Proposal.decode(entry.command());
    checkFollows(proposal);
    return proposal.command().map(command -> command.dispatch(new Update()));
  }

  /** The leader's filter lets neither a duplicate nor a gap nor an older life into the log. */
  private void checkFollows(Proposal proposal) {
    var id = proposal.id();
    var last = lasts.put(id.origin(), new Last(id.life(), id.sequence()));
    boolean isSameLife = last != null && last.life().equals(id.life());
    boolean isNewerLife = last == null || id.life().number() > last.life().number();
    boolean goesOn =
        isSameLife ? id.sequence() == last.sequence() + 1 : isNewerLife && id.sequence() == 1;
    Violation.unless(goesOn, "the log holds a duplicate or a gap at index " + index + ": " + id);
  }

  /** What a {@code getm} must be told now. */
  Reply read(Bytes key) {
    var item = find(key);
    return item.isPresent()
        ? new Reply.ValueMeta(item.get().version(), item.get().exptime(), item.get().value())
        : Reply.NOT_FOUND;
  }

  private Optional<Item> find(Bytes key) {
    return Optional.ofNullable(items.get(key)).filter(item -> item.deadline() > time);
  }

  private final class Update implements Request.CommandHandler<Reply> {
    @Override
    public Reply onSet(Request.Set set) {
      return store(set.key(), set.exptime(), set.value());
    }

    @Override
    public Reply onCas(Request.Cas cas) {
      var found = find(cas.key());
      if (found.isEmpty()) {
        return Reply.NOT_FOUND;
      }
      return found.get().version() == cas.version()
          ? store(cas.key(), cas.exptime(), cas.value())
          : Reply.VERSION_MISMATCH;
    }

    @Override
    public Reply onDelete(Request.Delete delete) {
      var found = find(delete.key());
      items.remove(delete.key());
      return found.isPresent() ? Reply.DELETED : Reply.NOT_FOUND;
    }

    private Reply store(Bytes key, int exptime, Bytes value) {
      long deadline = exptime == 0 ? Long.MAX_VALUE : time + 1_000L * exptime;
      var item = new Item(value, exptime, index, deadline);
      long growth = weight(key, item) - find(key).map(old -> weight(key, old)).orElse(0L);
      if (growth > 0 && weight() + growth > bytesMax) {
        return Reply.INTERNAL;
      }
      items.put(key, item);
      return new Reply.Stored(index);
    }

    private long weight() {
      items.values().removeIf(item -> item.deadline() <= time);
      return items.entrySet().stream().mapToLong(e -> weight(e.getKey(), e.getValue())).sum();
    }

    private static long weight(Bytes key, Item item) {
      return 240L + key.length() + item.value().length();
    }
  }
}
