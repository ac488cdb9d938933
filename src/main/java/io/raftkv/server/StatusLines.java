package io.raftkv.server;

import io.raftkv.base.Failure;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What a server process and the launcher that started it say to each other.
 *
 * <pre>
 * launcher, on the server's standard input:   one line, the settings as JSON, at its start
 *                                             stop      ends it gracefully
 *                                             (end)     ends it at once: the launcher is gone
 * server, on its standard output:             ::serving
 *                                             ::leader ID TERM
 *                                             ::waiting REASON
 * </pre>
 *
 * Whatever else the server prints is for people.
 */
public final class StatusLines {
  /** The word that ends a server gracefully. */
  public static final String STOP = "stop";

  private static final String SERVING = "::serving";
  private static final String LEADER = "::leader ";
  private static final String WAITING = "::waiting ";

  private StatusLines() {}

  /** A listener that tells the launcher. */
  static ServerListener writer(PrintStream out) {
    return new Writer(out);
  }

  static boolean isStop(byte[] line) {
    return new String(line, StandardCharsets.US_ASCII).equals(STOP);
  }

  /**
   * Tells {@code listener} what {@code line} says; returns false if it is no status line, but text
   * for people. Nothing that a process prints does harm.
   */
  public static boolean read(String line, ServerListener listener) {
    if (line.equals(SERVING)) {
      listener.serving();
      return true;
    }
    if (line.startsWith(WAITING)) {
      listener.waiting(line.substring(WAITING.length()));
      return true;
    }
    return line.startsWith(LEADER) && readLeader(line.substring(LEADER.length()), listener);
  }

  private static boolean readLeader(String text, ServerListener listener) {
    var space = text.indexOf(' ');
    try {
      int leader = Integer.parseInt(text, 0, Math.max(0, space), 10);
      listener.leaderChanged(leader, Long.parseLong(text, space + 1, text.length(), 10));
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private record Writer(PrintStream out) implements ServerListener {
    @Override
    public void serving() {
      write(SERVING);
    }

    @Override
    public void leaderChanged(int leader, long term) {
      write(LEADER + leader + " " + term);
    }

    @Override
    public void waiting(String reason) {
      write(WAITING + reason);
    }

    @Override
    public void failing(Failure failure) {
      ServerMain.endAtOnce(failure);
    }

    @Override
    public void failed(Failure failure) {
      ServerMain.end(failure);
    }

    /**
     * In one write, and on a line of its own even where another thread is in the middle of one:
     * both streams of a server end in one pipe.
     */
    private void write(String line) {
      var bytes = ("\n" + line + "\n").getBytes(StandardCharsets.UTF_8);
      out.write(bytes, 0, bytes.length);
      out.flush();
    }
  }
}
