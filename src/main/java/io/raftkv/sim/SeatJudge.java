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
  private final Set<Integer> removed = new HashSet<>();

  SeatJudge(Marks marks) {
    this.marks = marks;
  }

  /** The first configuration of all: whoever had not been heard when it was formed has no seat. */
  void formed(Configuration first) {
    boolean isWhole = first.seats().stream().noneMatch(Seat::isEmpty);
    marks.seeIf(!isWhole, Mark.FORMED_BY_MAJORITY);
  }

  void judge(Configuration before, Configuration next) {
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
