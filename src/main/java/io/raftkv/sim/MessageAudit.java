package io.raftkv.sim;

import io.raftkv.kv.Proposal;
import io.raftkv.kv.RequestId;
import io.raftkv.raft.Message;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads every message as it leaves: nothing may be claimed that a crash could take back
 * (dissertation 3.8).
 */
final class MessageAudit {
  private final Marks marks;
  private final Committed committed;
  private final Map<Integer, RequestId> proposed = new HashMap<>();

  MessageAudit(Marks marks, Committed committed) {
    this.marks = marks;
    this.committed = committed;
  }

  void check(SimServer server, DurableLog durable, int to, Message message) {
    message.dispatch(to, new Reader(server, durable));
  }

  private final class Reader implements Message.Handler {
    private final SimServer server;
    private final DurableLog durable;

    Reader(SimServer server, DurableLog durable) {
      this.server = server;
      this.durable = durable;
    }

    private void unless(boolean holds, String what) {
      Violation.unless(holds, "server " + server.id() + " " + what);
    }

    /** Whether the disk holds the very entry that the log in memory has at this index. */
    private boolean isDurable(long index) {
      var log = server.replica().raft().log();
      return index <= log.startIndex()
          ? durable.reaches(index)
          : index <= log.lastIndex() && durable.holds(log.entry(index));
    }

    private void vote(long term, int candidate) {
      unless(
          durable.hasVoted(term, candidate),
          "says that it votes in term " + term + " before that is durable");
    }

    @Override
    public void onRequestVote(int to, Message.RequestVote message) {
      if (!message.preVote()) {
        vote(message.term(), server.id());
      }
    }

    @Override
    public void onRequestVoteReply(int to, Message.RequestVoteReply message) {
      if (message.voteGranted() && !message.preVote()) {
        vote(message.term(), to);
      }
      if (!message.voteGranted()) {
        marks.see(message.preVote() ? Mark.PRE_VOTE_REFUSED : Mark.VOTE_REFUSED);
      }
    }

    @Override
    public void onAppendEntries(int to, Message.AppendEntries message) {
      unless(durable.term() >= message.term(), "leads a term that is not durable");
    }

    @Override
    public void onAppendEntriesReply(int to, Message.AppendEntriesReply message) {
      if (message.success()) {
        unless(durable.term() >= message.term(), "acknowledges in a term that is not durable");
        unless(
            isDurable(message.matchIndex()),
            "acknowledges entry " + message.matchIndex() + " before it is durable");
      } else {
        marks.see(Mark.APPEND_REFUSED);
      }
    }

    @Override
    public void onTimeoutNow(int to, Message.TimeoutNow message) {
      unless(durable.term() >= message.term(), "hands over a term that is not durable");
    }

    @Override
    public void onPropose(int to, Message.Propose message) {
      var last = Proposal.decode(message.commands().get(message.commands().size() - 1)).id();
      var before = proposed.put(server.id(), last);
      boolean isSameLife = before != null && before.life().equals(last.life());
      marks.seeIf(isSameLife && before.sequence() >= last.sequence(), Mark.PROPOSAL_REPEATED);
    }

    @Override
    public void onReadIndex(int to, Message.ReadIndex message) {}

    @Override
    public void onReadIndexReply(int to, Message.ReadIndexReply message) {}

    @Override
    public void onAcknowledged(int to, Message.Acknowledged message) {
      marks.see(Mark.REMINDED);
    }

    @Override
    public void onStateDigest(int to, Message.StateDigest message) {
      committed.told(server.id(), message);
      marks.see(Mark.DIGEST_TOLD);
    }
  }
}
