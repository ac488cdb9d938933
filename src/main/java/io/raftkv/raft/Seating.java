package io.raftkv.raft;

import io.raftkv.raft.Configuration.Seat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A leader's part in changes of the {@link Configuration}: those that heal the loss of a disk, by
 * itself, and those that an operator asks for. One change at a time, and only after an entry of the
 * leader's own term is committed (dissertation 4.1 and its correction of 2015); and each changes
 * one voter, so each quorum shares a server with the one before.
 */
final class Seating {
  private static final String BUSY = "another change is under way, or the leader is new: try again";

  private final RaftNode node;
  private final Map<Integer, Progress> progress;
  private final long firstIndex;
  private final Consumer<Configuration> append;
  private final Next next = new Next();
  private Optional<Long> asked = Optional.empty();

  /**
   * @param progress what the leader knows of its peers
   * @param firstIndex the leader's first entry
   * @param append puts a configuration in the log, and so in force
   */
  Seating(
      RaftNode node,
      Map<Integer, Progress> progress,
      long firstIndex,
      Consumer<Configuration> append) {
    this.node = node;
    this.progress = progress;
    this.firstIndex = firstIndex;
    this.append = append;
  }

  /** Whether no change is under way, and an entry of this leader is committed. */
  private boolean isFree() {
    return node.commitIndex() >= Math.max(firstIndex, node.log().configurationIndex());
  }

  /** An operator asks for a change, and will hear what came of it. */
  void change(long requestId, Change change) {
    answerCommitted();
    if (!isFree()) {
      answer(requestId, BUSY);
      return;
    }
    var before = node.membership().inForce();
    try {
      var after = change.dispatch(next);
      if (after.equals(before)) {
        answer(requestId, Effect.Changed.DONE);
        return;
      }
      checkQuorum(after);
      append.accept(after);
      asked = Optional.of(requestId);
    } catch (Refused refused) {
      answer(requestId, String.valueOf(refused.getMessage()));
    }
  }

  private void answer(long requestId, String refusal) {
    node.outbox().emit(new Effect.Changed(requestId, refusal));
  }

  /** Says what came of a change that has been committed, and heals what can be healed. */
  void flush() {
    answerCommitted();
    if (isFree()) {
      heal();
    }
  }

  private void answerCommitted() {
    if (isFree()) {
      asked.ifPresent(requestId -> answer(requestId, Effect.Changed.DONE));
      asked = Optional.empty();
    }
  }

  /** The leader is one no more: the change may be made, or undone. */
  void abandon() {
    asked.ifPresent(
        requestId ->
            answer(
                requestId,
                "the leader changed meanwhile; the list of members says whether it was made"));
    asked = Optional.empty();
  }

  /**
   * Gives an empty seat to the server of that id once it has caught up, and empties one whose
   * holder is gone once whoever came in its place has caught up: it knows nothing of what the
   * holder had promised, so between the two nobody counts in its name.
   */
  private void heal() {
    var configuration = node.membership().inForce();
    for (var seat : configuration.seats()) {
      long holder = nextHolder(seat);
      if (holder != seat.incarnation()) {
        append.accept(configuration.with(seat.id(), holder));
        return;
      }
    }
  }

  private long nextHolder(Seat seat) {
    if (!seat.isVoter() || !hasCaughtUp(seat.id())) {
      return seat.incarnation();
    }
    if (node.membership().isGone(seat, node.now())) {
      return Seat.EMPTY;
    }
    return seat.isEmpty() ? node.membership().talking(seat.id()) : seat.incarnation();
  }

  private boolean hasCaughtUp(int id) {
    var peer = progress.get(id);
    return peer != null && peer.matchIndex() >= node.commitIndex();
  }

  /** Whoever would count then must be a majority of servers that are heard now. */
  private void checkQuorum(Configuration after) {
    if (!after.isQuorum(id -> isHeard(after, id))) {
      throw new Refused(
          "too few of the voters " + after.voters() + " would be left alive: start them first");
    }
  }

  private boolean isHeard(Configuration after, int id) {
    if (!after.seats(id, node.membership().talking(id))) {
      return false;
    }
    var peer = progress.get(id);
    return peer == null || peer.isAlive(node.now(), node.config());
  }

  /** A change that is not made, and why. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String reason) {
      super(reason, null, false, false);
    }
  }

  /** What the configuration in force becomes. */
  private final class Next implements Change.Handler<Configuration> {
    private Seat seat(int id) {
      return node.membership()
          .inForce()
          .seat(id)
          .orElseThrow(() -> new Refused("server " + id + " is not a member"));
    }

    @Override
    public Configuration onAddLearner(Change.AddLearner change) {
      var before = node.membership().inForce();
      if (before.has(change.id())) {
        throw new Refused("server " + change.id() + " is a member already");
      }
      return before.withLearner(change.id());
    }

    @Override
    public Configuration onPromote(Change.Promote change) {
      int id = change.id();
      if (seat(id).isVoter()) {
        throw new Refused("server " + id + " is a voter already");
      }
      long talking = node.membership().talking(id);
      if (talking == Seat.EMPTY || !hasCaughtUp(id)) {
        throw new Refused(
            "server " + id + " has not caught up yet: try again when it serves its clients");
      }
      return node.membership().inForce().with(id, talking);
    }

    @Override
    public Configuration onRemove(Change.Remove change) {
      var after = node.membership().inForce().without(seat(change.id()).id());
      if (after.voters().isEmpty()) {
        throw new Refused("server " + change.id() + " is the only voter");
      }
      return after;
    }

    @Override
    public Configuration onBoundStore(Change.BoundStore change) {
      if (change.bytesMax() < 1) {
        throw new Refused("a store of " + change.bytesMax() + " bytes holds nothing");
      }
      return node.membership().inForce().withStoreBytesMax(change.bytesMax());
    }
  }
}
