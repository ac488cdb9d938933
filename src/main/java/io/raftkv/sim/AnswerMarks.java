package io.raftkv.sim;

import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;

/** Sees what kinds of answers clients get. */
final class AnswerMarks {
  private final Marks marks;

  AnswerMarks(Marks marks) {
    this.marks = marks;
  }

  /**
   * A client was answered.
   *
   * @param byLeader whether the server leads that answered
   * @param acrossLeaders whether another leader was elected since the request was made
   */
  void see(ClientOperation operation, boolean byLeader, boolean acrossLeaders) {
    boolean isRead = operation.request() instanceof Request.Query;
    marks.seeIf(
        !byLeader && operation.isKnown(), isRead ? Mark.READ_BY_FOLLOWER : Mark.WRITE_BY_FOLLOWER);
    marks.seeIf(
        operation.isKnown() && acrossLeaders,
        isRead ? Mark.READ_ACROSS_LEADERS : Mark.WRITE_ACROSS_LEADERS);
    marks.seeIf(!operation.isKnown(), Mark.OUTCOME_UNKNOWN);
    if (operation.request() instanceof Request.Command command) {
      command.dispatch(new Answered(operation.reply().orElseThrow()));
    }
  }

  /** What kind of update was answered, and how. */
  private final class Answered implements Request.CommandHandler<Reply> {
    private static final int PACKET_BYTES = 1_500;

    private final Reply reply;

    Answered(Reply reply) {
      this.reply = reply;
    }

    @Override
    public Reply onSet(Request.Set set) {
      marks.seeIf(set.value().length() > PACKET_BYTES, Mark.BIG_VALUE);
      return reply;
    }

    @Override
    public Reply onCas(Request.Cas cas) {
      marks.seeIf(reply.equals(Reply.VERSION_MISMATCH), Mark.CAS_LOST);
      marks.seeIf(reply.getClass() == Reply.Stored.class, Mark.CAS_WON);
      return reply;
    }

    @Override
    public Reply onDelete(Request.Delete delete) {
      return reply;
    }
  }
}
