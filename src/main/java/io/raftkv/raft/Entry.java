package io.raftkv.raft;

import io.raftkv.base.Bytes;
import io.raftkv.base.Ranges;

/**
 * One entry of the replicated log (dissertation 3.5).
 *
 * @param index its place in the log, from 1
 * @param term the term of the leader that appended it
 * @param time the leader's stamp of the cluster clock, in milliseconds; never less than that of the
 *     entry before
 * @param kind who the content is for
 * @param command the content: empty, a state machine's command, or an encoded {@link
 *     Configuration}; always an array of its own, so that keeping it keeps nothing else alive
 */
public record Entry(long index, long term, long time, Kind kind, Bytes command) {
  /** What an entry is for. */
  public enum Kind {
    /** Nothing but a term or a stamp: the first entry of a leader, or a tick of the clock. */
    EMPTY(0),
    /** A command of the state machine. */
    COMMAND(1),
    /** A {@link Configuration}, in force as soon as it is appended. */
    CONFIGURATION(2);

    private static final Kind[] BY_CODE = {EMPTY, COMMAND, CONFIGURATION};

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    /** What stands for this kind on disk and on the wire, for ever. */
    public byte code() {
      return code;
    }

    /** The kind that a code stands for; throws {@link IllegalArgumentException} if none does. */
    public static Kind of(int code) {
      Ranges.within("the kind of an entry", code, 0, BY_CODE.length - 1L);
      return BY_CODE[code];
    }
  }

  /** What this entry counts for where bytes are bounded: its content and 48 bytes around it. */
  public int weight() {
    return command.length() + 48;
  }
}
