package io.raftkv.tools;

import io.raftkv.base.Bytes;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One client of a {@link StandIn}: the protocol read and answered by a thread that may wait. */
final class StandInConnection implements Runnable {
  private static final int LINE_BYTES_MAX = 2048;
  private static final int KEY_BYTES_MAX = 250;
  private static final int VALUE_BYTES_MAX = 1 << 20;
  private static final int REPEATED_EVERY = 50;
  private static final Bytes MALFORMED = Bytes.utf8("ERR_CMD_ERR");

  private final Socket socket;
  private final int server;
  private final StandInStore store;
  private final StandInFault fault;
  private final InputStream in;
  private final OutputStream out;
  private int replies;

  StandInConnection(Socket socket, int server, StandInStore store, StandInFault fault)
      throws IOException {
    this.socket = socket;
    this.server = server;
    this.store = store;
    this.fault = fault;
    this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    this.out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
  }

  @Override
  public void run() {
    try (socket) {
      while (true) {
        if (in.available() == 0) {
          out.flush();
        }
        request(line());
      }
    } catch (IOException ended) {
      flush();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void flush() {
    try (socket) {
      out.flush();
    } catch (IOException gone) {
      // The client, or this server, is no more.
    }
  }

  private void request(String line) throws IOException, InterruptedException {
    var fields = line.split(" ", -1);
    boolean wellFormed = line.length() <= LINE_BYTES_MAX && isWellFormed(fields);
    if (!valueFollows(fields)) {
      answer(wellFormed, fields, Bytes.EMPTY);
      return;
    }
    int length = Integer.parseInt(fields[fields.length - 1]);
    if (!wellFormed || length > VALUE_BYTES_MAX) {
      reply(MALFORMED);
      if (fault != StandInFault.RUNS_VALUES) {
        out.flush();
        in.skipNBytes(length);
        line();
      }
      return;
    }
    var value = in.readNBytes(length);
    var rest = line();
    if (value.length < length) {
      throw new EOFException();
    }
    answer(rest.isEmpty(), fields, Bytes.wrap(value));
  }

  private void answer(boolean wellFormed, String[] fields, Bytes value)
      throws IOException, InterruptedException {
    if (!wellFormed) {
      reply(MALFORMED);
      return;
    }
    if (fault == StandInFault.CLOSES_WITHOUT_MAJORITY && !store.hasMajority()) {
      throw new EOFException();
    }
    boolean update = fields.length >= 4;
    var key = Bytes.wrap(fields[1].getBytes(StandardCharsets.ISO_8859_1));
    var command =
        new StandInStore.Command(
            fields[0],
            key,
            update ? Integer.parseInt(fields[2]) : 0,
            fields.length == 5 ? Long.parseLong(fields[3]) : 0,
            value);
    var reply = store.answer(server, command);
    if (reply.isEmpty()) {
      throw new EOFException();
    }
    reply(reply);
    replies++;
    if (fault == StandInFault.REPLIES_TWICE && replies % REPEATED_EVERY == 0) {
      reply(reply);
    }
  }

  private void reply(Bytes reply) throws IOException {
    boolean wrong = fault == StandInFault.WRONG_ERROR_TEXT && reply.equals(MALFORMED);
    out.write(wrong ? "ERROR".getBytes(StandardCharsets.US_ASCII) : reply.toArray());
    out.write(store.lineEnd().getBytes(StandardCharsets.US_ASCII));
  }

  /** Everything up to the next line end, which is taken off. */
  private String line() throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      line.append((char) next);
    }
    int last = line.length() - 1;
    return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
  }

  private static boolean valueFollows(String[] fields) {
    boolean update =
        fields[0].equals("set") && fields.length >= 4
            || fields[0].equals("cas") && fields.length >= 5;
    return update && isNumber(fields[fields.length - 1], Integer.MAX_VALUE);
  }

  private static boolean isWellFormed(String[] fields) {
    return switch (fields[0]) {
      case "get", "getm", "delete" -> fields.length == 2 && isKey(fields[1]);
      case "set" -> fields.length == 4 && isUpdate(fields);
      case "cas" -> fields.length == 5 && isUpdate(fields) && isNumber(fields[3], Long.MAX_VALUE);
      default -> false;
    };
  }

  private static boolean isUpdate(String[] fields) {
    return isKey(fields[1])
        && isNumber(fields[2], Integer.MAX_VALUE)
        && isNumber(fields[fields.length - 1], Integer.MAX_VALUE);
  }

  private static boolean isKey(String key) {
    return !key.isEmpty()
        && key.length() <= KEY_BYTES_MAX
        && key.chars().allMatch(c -> c > 0x20 && c != 0x7f);
  }

  private static boolean isNumber(String digits, long most) {
    long number = Decimal.parse(digits);
    return number >= 0 && number <= most;
  }
}
