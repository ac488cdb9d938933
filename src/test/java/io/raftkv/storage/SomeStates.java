package io.raftkv.storage;

import io.raftkv.base.Bytes;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Request;
import io.raftkv.kv.RequestId;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Entry;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log that a cluster has agreed on, and the state behind each of its entries. */
final class SomeStates {
  static final Configuration CONFIGURATION =
      new Configuration(77, List.of(new Configuration.Seat(3, 33), new Configuration.Seat(4, 44)));

  private final List<Entry> entries = new ArrayList<>();
  private final List<Long> digests = new ArrayList<>();

  SomeStates(int count) {
    var store = new KvStore();
    digests.add(store.digest());
    for (int index = 1; index <= count; index++) {
      var entry = entry(index);
      entries.add(entry);
      apply(store, entry);
      digests.add(store.digest());
    }
  }

  private static Entry entry(int index) {
    if (index == 1) {
      return new Entry(1, 1, 1, Entry.Kind.CONFIGURATION, CONFIGURATION.encode());
    }
    var key = Bytes.utf8("key" + index % 7);
    var command = new Request.Set(key, index % 3, Bytes.utf8("value" + index));
    var id = new RequestId(3, new Life(1, 1), index - 1);
    var proposal = new Proposal(id, Optional.of(command)).encode();
    return new Entry(index, 1 + index / 50, 200L * index, Entry.Kind.COMMAND, proposal);
  }

  static void apply(KvStore store, Entry entry) {
    if (entry.kind() == Entry.Kind.COMMAND) {
      store.apply(entry.index(), entry.time(), entry.command());
    } else {
      store.advance(entry.index(), entry.time());
    }
  }

  /** The entries behind {@code from}, up to {@code to}. */
  List<Entry> entries(long from, long to) {
    return entries.subList((int) from, (int) to);
  }

  long digest(long index) {
    return digests.get((int) index);
  }

  KvStore store(long index) {
    var store = new KvStore();
    entries(0, index).forEach(entry -> apply(store, entry));
    return store;
  }

  Snapshot snapshot(long index) {
    var entry = entries.get((int) index - 1);
    return new Snapshot(new SnapshotId(index, entry.term(), entry.time()), CONFIGURATION);
  }
}
