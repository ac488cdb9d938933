package io.raftkv.sim;

import io.raftkv.raft.Configuration;
import io.raftkv.raft.Configuration.Seat;
import java.util.HashSet;
import java.util.Set;

/**
 * Judges each step from one committed configuration to the next: one seat changes, and it is never
 * given from one incarnation to another, so that every quorum shares a server with the one before.
 */
final class SeatJudge {
  private final Marks marks;
  private final boolean form;
  private final Heritage heritage;
  private final Set<Integer> removed = new HashSet<>();

  /** The one cluster that there is, 0 until anybody has named it. */
  private long clusterId;

  /**
   * @param form whether a majority may form the cluster
   * @param heritage what it begins with
   */
  SeatJudge(Marks marks, boolean form, Heritage heritage) {
    this.marks = marks;
    this.form = form;
    this.heritage = heritage;
    clusterId = heritage.clusterId();
  }

  /** The first configuration of all: whoever had not been heard when it was formed has no seat. */
  void formed(Configuration first) {
    boolean isWhole = first.seats().stream().noneMatch(Seat::isEmpty);
    Violation.unless(isWhole || form, "a cluster is formed without the word of all: " + first);
    marks.seeIf(!isWhole, Mark.FORMED_BY_MAJORITY);
    marks.seeIf(heritage.isThere(), Mark.RESTORED_START);
    checkOnlyCluster("it", first.clusterId());
  }

  /** A server notes to which cluster it belongs. */
  void joined(int server, long cluster) {
    checkOnlyCluster("server " + server, cluster);
  }

  private void checkOnlyCluster(String who, long cluster) {
    clusterId = clusterId == 0 ? cluster : clusterId;
    Violation.unless(cluster == clusterId, who + " belongs to a second cluster");
  }

  void judge(Configuration before, Configuration next) {
    checkOnlyCluster("what is changed", next.clusterId());
    var ids = new HashSet<Integer>();
    before.seats().forEach(seat -> ids.add(seat.id()));
    next.seats().forEach(seat -> ids.add(seat.id()));
    ids.removeIf(id -> before.seat(id).equals(next.seat(id)));
    boolean isBound = before.storeBytesMax() != next.storeBytesMax();
    Violation.unless(
        ids.size() + (isBound ? 1 : 0) == 1, "not one thing changes: " + before + " to " + next);
    ids.forEach(id -> judge(id, before, next));
  }

  private void judge(int id, Configuration before, Configuration next) {
    if (!next.has(id)) {
      marks.seeIf(before.seat(id).orElseThrow().isVoter(), Mark.VOTER_REMOVED);
      removed.add(id);
    } else if (before.has(id)) {
      change(before.seat(id).orElseThrow(), next.seat(id).orElseThrow());
    } else {
      Violation.unless(
          !next.seat(id).orElseThrow().isVoter(), "server " + id + " votes from the beginning");
      marks.see(Mark.LEARNER_ADDED);
      marks.seeIf(removed.contains(id), Mark.MEMBER_RETURNED);
    }
  }

  private void change(Seat before, Seat next) {
    Violation.unless(next.isVoter(), "server " + next.id() + " becomes a learner again");
    Violation.unless(
        before.isEmpty() || next.isEmpty(), "the seat of server " + next.id() + " is given away");
    marks.seeIf(!before.isVoter(), Mark.LEARNER_PROMOTED);
    marks.seeIf(before.isVoter(), next.isEmpty() ? Mark.SEAT_EMPTIED : Mark.SEAT_TAKEN);
  }
}
