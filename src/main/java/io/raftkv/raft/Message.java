package io.raftkv.raft;

import io.raftkv.base.Bytes;
import io.raftkv.base.Ranges;
import java.util.List;

/**
 * What servers say to each other. The network may lose, repeat, delay and reorder messages, over
 * restarts too; none of that may ever make a wrong answer.
 */
public sealed interface Message {
  /** Calls the method of {@code handler} that is for this kind of message. */
  void dispatch(int from, Handler handler);

  /**
   * A candidate asks for a vote (dissertation 3.4), or, as a pre-vote, whether it would be given
   * (9.6).
   *
   * @param term the candidate's term; of a pre-vote, the term it would campaign in
   * @param transfer whether the leader asked for this election (3.10): then voters that hear the
   *     leader answer all the same
   */
  record RequestVote(
      long term, long lastLogIndex, long lastLogTerm, boolean preVote, boolean transfer)
      implements Message {
    @Override
    public void dispatch(int from, Handler handler) {
      handler.onRequestVote(from, this);
    }
  }

  /**
   * The answer to {@link RequestVote}.
   *
   * @param term the term asked for if it is granted, else the voter's own
   * @param heardTime the voter's idea of the cluster clock in milliseconds, or {@link #NOT_HEARD}
   * @param wallTime the voter's wall clock, milliseconds since 1970
   */
  record RequestVoteReply(
      long term, boolean voteGranted, boolean preVote, long heardTime, long wallTime)
      implements Message {
    /** A voter's idea of the time if it has heard no stamp since it started. */
    public static final long NOT_HEARD = -1;

    @Override
    public void dispatch(int from, Handler handler) {
      handler.onRequestVoteReply(from, this);
    }
  }

  /**
   * A leader's entries, or none as its sign of life (dissertation 3.5).
   *
   * @param round the number of the latest read round of this leader in this term (6.4)
   * @param time the leader's stamp of the cluster clock now, in milliseconds
   */
  record AppendEntries(
      long term,
      long prevLogIndex,
      long prevLogTerm,
      List<Entry> entries,
      long leaderCommit,
      long round,
      long time)
      implements Message {
    public AppendEntries {
      entries = List.copyOf(entries);
    }

    @Override
    public void dispatch(int from, Handler handler) {
      handler.onAppendEntries(from, this);
    }
  }

  /**
   * The answer to {@link AppendEntries}.
   *
   * @param success false if the follower's log does not hold prevLogIndex with prevLogTerm
   * @param matchIndex up to where the follower's log is durable and the leader's; in a refusal, the
   *     prevLogIndex that was refused
   * @param hintIndex in a refusal, the highest index at which the logs may agree; else 0
   * @param hintTerm in a refusal, the follower's term at hintIndex; else 0
   * @param round the round of the request
   * @param shortOfRoom whether the follower's disk is nearly full
   */
  record AppendEntriesReply(
      long term,
      boolean success,
      long matchIndex,
      long hintIndex,
      long hintTerm,
      long round,
      boolean shortOfRoom)
      implements Message {
    /** The reply of a server with room on its disk. */
    public AppendEntriesReply(
        long term, boolean success, long matchIndex, long hintIndex, long hintTerm, long round) {
      this(term, success, matchIndex, hintIndex, hintTerm, round, false);
    }

    @Override
    public void dispatch(int from, Handler handler) {
      handler.onAppendEntriesReply(from, this);
    }
  }

  /** The leader asks its follower to campaign at once (dissertation 3.10). */
  record TimeoutNow(long term) implements Message {
    @Override
    public void dispatch(int from, Handler handler) {
      handler.onTimeoutNow(from, this);
    }
  }

  /** Commands for the leader to append, in this order; a server that does not lead drops them. */
  record Propose(List<Bytes> commands) implements Message {
    public Propose {
      commands = List.copyOf(commands);
    }

    @Override
    public void dispatch(int from, Handler handler) {
      handler.onPropose(from, this);
    }
  }

  /** A follower asks up to where it must have applied to answer reads (dissertation 6.4). */
  record ReadIndex(long readId) implements Message {
    @Override
    public void dispatch(int from, Handler handler) {
      handler.onReadIndex(from, this);
    }
  }

  /** The answer to {@link ReadIndex}: a majority has confirmed the leader since it was asked. */
  record ReadIndexReply(long readId, long index) implements Message {
    @Override
    public void dispatch(int from, Handler handler) {
      handler.onReadIndexReply(from, this);
    }
  }

  /**
   * A leader holds against a follower what it acknowledged in this term and does not seem to have
   * any more. In a term a log only grows along its leader's, so a server that finds it so has got
   * an older copy of its disk.
   *
   * @param clusterId the leader's cluster
   * @param incarnation which data directory acknowledged it
   * @param index the last entry that it acknowledged
   * @param indexTerm the term of that entry, 0 if the leader does not know any more
   */
  record Acknowledged(long term, long clusterId, long incarnation, long index, long indexTerm)
      implements Message {
    @Override
    public void dispatch(int from, Handler handler) {
      handler.onAcknowledged(from, this);
    }
  }

  /**
   * What the sender's state machine comes to behind an entry. Consensus only passes it on: it is
   * for the state machines, which must all come to the same.
   *
   * @param index the last entry applied
   * @param hash of the whole state
   * @param version which hash that is: those of two versions say nothing about each other
   * @param basis what speaks for the sender's state
   */
  record StateDigest(long index, long hash, int version, Basis basis) implements Message {
    /** What speaks for a state. */
    public enum Basis {
      /** It was another server's: it says no more than that one's. */
      COPIED(0),
      /** It came of the sender's own files, and of the entries that it has applied since. */
      OWN(1),
      /**
       * A majority had come to the same before, nobody whose state was confirmed to another, and
       * the sender has applied all entries since by itself.
       */
      CONFIRMED(2);

      private static final Basis[] BY_CODE = {COPIED, OWN, CONFIRMED};

      private final byte code;

      Basis(int code) {
        this.code = (byte) code;
      }

      /** What stands for it on the wire, for ever. */
      public byte code() {
        return code;
      }

      /** What a code stands for; throws {@link IllegalArgumentException} if nothing does. */
      public static Basis of(int code) {
        Ranges.within("the basis of a state", code, 0, BY_CODE.length - 1L);
        return BY_CODE[code];
      }
    }

    @Override
    public void dispatch(int from, Handler handler) {
      handler.onStateDigest(from, this);
    }
  }

  /** One method for each kind of message; {@code from} is the id of the server that sent it. */
  interface Handler {
    void onRequestVote(int from, RequestVote message);

    void onRequestVoteReply(int from, RequestVoteReply message);

    void onAppendEntries(int from, AppendEntries message);

    void onAppendEntriesReply(int from, AppendEntriesReply message);

    void onTimeoutNow(int from, TimeoutNow message);

    void onPropose(int from, Propose message);

    void onReadIndex(int from, ReadIndex message);

    void onReadIndexReply(int from, ReadIndexReply message);

    void onAcknowledged(int from, Acknowledged message);

    void onStateDigest(int from, StateDigest message);
  }
}
