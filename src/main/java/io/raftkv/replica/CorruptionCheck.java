package io.raftkv.replica;

import io.raftkv.kv.KvStore;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Effect;
import io.raftkv.raft.Event;
import io.raftkv.raft.Message;
import io.raftkv.raft.RaftConfig;
import io.raftkv.raft.RaftNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Holds this server's state against that of the others, as etcd's check of the same name and
 * ZooKeeper's digests do. All have applied the same entries, so all must have come to the same; a
 * defect, or memory that has gone bad, would show nowhere else. Behind the first entry in each
 * period of the cluster's clock, which is the same entry for everybody, each server tells the
 * others its digest. Whoever finds that a majority of voters agrees on another one is wrong.
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

  /** What a server said of its state. */
  private record Claim(int from, long incarnation, Message.StateDigest digest) {
    boolean contradicts(Claim other) {
      return digest.index() == other.digest.index()
          && digest.version() == other.digest.version()
          && digest.hash() != other.digest.hash();
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
      var own =
          new Message.StateDigest(store.appliedIndex(), store.digest(), KvStore.DIGEST_VERSION);
      unsaid = Optional.of(own);
      add(new Claim(config.id(), config.incarnation(), own));
    }
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
  void flush() {
    raft.log().configuration().ifPresent(this::flush);
  }

  private void flush(Configuration members) {
    unsaid.ifPresent(digest -> tell(members, digest));
    unsaid = Optional.empty();
    if (suspicious) {
      suspicious = false;
      claims.stream()
          .filter(own -> isOwn(own) && isContradicted(own, members))
          .map(own -> new Event.StateContradicted(own.digest.index()))
          .findFirst()
          .ifPresent(raft::handle);
    }
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
        .anyMatch(other -> members.isQuorum(id -> hasClaimed(members, id, other.digest)));
  }

  /** Whether the holder of this seat has come to this. */
  private boolean hasClaimed(Configuration members, int id, Message.StateDigest digest) {
    return claims.stream()
        .anyMatch(
            claim ->
                claim.from == id
                    && members.seats(id, claim.incarnation)
                    && claim.digest.equals(digest));
  }
}
