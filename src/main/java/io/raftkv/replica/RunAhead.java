package io.raftkv.replica;

import io.raftkv.base.Bytes;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Origins;
import io.raftkv.kv.Proposal;
import io.raftkv.raft.Entry;
import io.raftkv.raft.Event;
import io.raftkv.raft.RaftNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A leader's copy of the store's {@link Origins}, run ahead to the end of its log, so that the log
 * takes neither a command twice nor one after a gap, however often origins send theirs again.
 */
final class RunAhead {
  private final RaftNode raft;
  private final int messageBytesMax;
  private final Supplier<KvStore> store;
  private Origins origins = new Origins();
  private long term = -1;

  /**
   * @param messageBytesMax so many bytes of commands travel to the leader in one message, one
   *     command at least
   */
  RunAhead(RaftNode raft, int messageBytesMax, Supplier<KvStore> store) {
    this.raft = raft;
    this.messageBytesMax = messageBytesMax;
    this.store = store;
  }

  /** Gives commands to consensus: to this server's log if it leads, else to be sent on. */
  void propose(List<Bytes> commands) {
    for (var part : Parts.of(commands, messageBytesMax)) {
      raft.handle(new Event.Propose(raft.isAccepting() ? admit(part) : part));
    }
  }

  /** The commands that the log must take now; only to be asked while it takes any. */
  private List<Bytes> admit(List<Bytes> commands) {
    if (term != raft.term()) {
      rebuild();
    }
    boolean isFull = raft.refusesGrowth();
    var admitted = new ArrayList<Bytes>(commands.size());
    for (var command : commands) {
      admit(command, isFull).ifPresent(admitted::add);
    }
    return admitted;
  }

  /**
   * Bytes that are no proposal would do nothing in the log but take room. Where disks are nearly
   * full, what may grow becomes a void of the same number: its client hears that it was not served,
   * and those behind it go on.
   */
  private Optional<Bytes> admit(Bytes command, boolean isFull) {
    try {
      var proposal = Proposal.decode(command);
      if (!origins.takes(proposal.id())) {
        return Optional.empty();
      }
      origins.take(proposal.id());
      boolean isRefused = isFull && proposal.mayGrow();
      return Optional.of(isRefused ? proposal.asVoid().encode() : command);
    } catch (IllegalArgumentException poison) {
      return Optional.empty();
    }
  }

  private void rebuild() {
    term = raft.term();
    origins = store.get().origins().copy();
    var log = raft.log();
    for (long index = store.get().appliedIndex() + 1; index <= log.lastIndex(); index++) {
      var entry = log.entry(index);
      if (entry.kind() == Entry.Kind.COMMAND) {
        admit(entry.command(), false);
      }
    }
  }
}
