package io.raftkv.replica;

import io.raftkv.base.Invariant;
import io.raftkv.kv.KvStore;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Effect;
import io.raftkv.raft.Event;
import io.raftkv.raft.Message;
import io.raftkv.raft.Message.StateDigest.Basis;
import io.raftkv.raft.RaftConfig;
import io.raftkv.raft.RaftNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Holds this server's state against that of the others, as etcd's check of the same name and
 * ZooKeeper's digests do. All have applied the same entries, so all must have come to the same; a
 * defect, or memory that has gone bad, would show nowhere else. Behind the first entry in each
 * period of the cluster's clock, which is the same entry for everybody, each server tells the
 * others its digest. Whoever finds that a majority of voters agrees on another one is wrong.
 *
 * <p>A state that was copied from another server agrees with that one's for this reason alone. So
 * what counts against a server is <em>confirmed</em>: a majority of servers whose states were not
 * copied had come to the same a period before, nobody whose state was confirmed had come to
 * another, and all entries since were applied.
 */
final class CorruptionCheck {
  /** So many of each server are kept, since not all come to the same entry at the same time. */
  private static final int KEPT = 4;

  private final RaftConfig config;
  private final RaftNode raft;
  private final Environment environment;
  private final long periodMillis;
  private final List<Claim> claims = new ArrayList<>();
  private Optional<Message.StateDigest> unsaid = Optional.empty();
  private boolean suspicious;
  private Basis basis = Basis.OWN;

  /** What a server said of its state. */
  private record Claim(int from, long incarnation, Message.StateDigest digest) {
    boolean contradicts(Claim other) {
      return isComparable(other) && digest.hash() != other.digest.hash();
    }

    boolean agreesWith(Claim other) {
      return isComparable(other) && digest.hash() == other.digest.hash();
    }

    private boolean isComparable(Claim other) {
      return digest.index() == other.digest.index() && digest.version() == other.digest.version();
    }

    boolean isCopied() {
      return digest.basis() == Basis.COPIED;
    }

    boolean isConfirmed() {
      return digest.basis() == Basis.CONFIRMED;
    }
  }

  CorruptionCheck(RaftConfig config, RaftNode raft, Environment environment, long periodMillis) {
    this.config = config;
    this.raft = raft;
    this.environment = environment;
    this.periodMillis = periodMillis;
  }

  /**
   * An entry was applied.
   *
   * @param clockBefore the store's clock in front of it
   */
  void applied(KvStore store, long clockBefore) {
    if (clockBefore / periodMillis < store.clock() / periodMillis) {
      basis = isLastConfirmed() ? Basis.CONFIRMED : basis;
      var own =
          new Message.StateDigest(
              store.appliedIndex(), store.digest(), KvStore.DIGEST_VERSION, basis);
      unsaid = Optional.of(own);
      add(new Claim(config.id(), config.incarnation(), own));
    }
  }

  /** Judged a period later, when all that can be heard has been. */
  private boolean isLastConfirmed() {
    var last = claims.stream().filter(this::isOwn).reduce((first, second) -> second);
    return last.isPresent()
        && raft.log().configuration().map(c -> isConfirmed(last.get(), c)).orElse(false);
  }

  private boolean isConfirmed(Claim own, Configuration members) {
    return members.isQuorum(id -> claimOf(members, id).anyMatch(c -> supports(c, own)))
        && claims.stream().noneMatch(claim -> claim.isConfirmed() && claim.contradicts(own));
  }

  private static boolean supports(Claim claim, Claim own) {
    return !claim.isCopied() && claim.agreesWith(own);
  }

  /** The state is another server's now. */
  void restored() {
    basis = Basis.COPIED;
    unsaid = Optional.empty();
    claims.removeIf(this::isOwn);
  }

  /** A member has said what it has come to. */
  void told(Effect.StateTold told) {
    add(new Claim(told.from(), told.incarnation(), told.digest()));
  }

  private void add(Claim claim) {
    for (var other : claims) {
      if (claim.contradicts(other) && isOwn(claim) != isOwn(other)) {
        suspicious = true;
        environment.stateDiffers(isOwn(claim) ? other.from : claim.from, claim.digest.index());
      }
    }
    claims.add(claim);
    var its = claims.stream().filter(known -> known.from == claim.from).toList();
    if (its.size() > KEPT) {
      claims.remove(its.get(0));
    }
  }

  private boolean isOwn(Claim claim) {
    return claim.from == config.id();
  }

  /** Tells the others what is new, and consensus if a majority says that this server is wrong. */
  void flush(KvStore store) {
    raft.log().configuration().ifPresent(members -> flush(members, store));
  }

  private void flush(Configuration members, KvStore store) {
    unsaid.ifPresent(digest -> tell(members, digest));
    unsaid = Optional.empty();
    if (suspicious) {
      suspicious = false;
      claims.stream()
          .filter(own -> isOwn(own) && isContradicted(own, members))
          .findFirst()
          .ifPresent(own -> giveUp(own, store));
    }
  }

  /** If it is the memory that has gone bad, the files may still be good to begin from again. */
  private void giveUp(Claim own, KvStore store) {
    Invariant.equal(store.recomputedDigest(), store.digest(), "memory holds what was applied");
    raft.handle(new Event.StateContradicted(own.digest.index()));
  }

  private void tell(Configuration members, Message.StateDigest digest) {
    members.seats().stream()
        .map(Configuration.Seat::id)
        .filter(id -> id != config.id())
        .forEach(id -> environment.send(id, digest));
  }

  private boolean isContradicted(Claim own, Configuration members) {
    return claims.stream()
        .filter(own::contradicts)
        .anyMatch(other -> members.isQuorum(id -> hasConfirmed(members, id, other)));
  }

  private boolean hasConfirmed(Configuration members, int id, Claim other) {
    return claimOf(members, id).anyMatch(claim -> claim.isConfirmed() && claim.agreesWith(other));
  }

  /** What the holder of this seat has come to. */
  private Stream<Claim> claimOf(Configuration members, int id) {
    return claims.stream()
        .filter(claim -> claim.from == id && members.seats(id, claim.incarnation));
  }
}
