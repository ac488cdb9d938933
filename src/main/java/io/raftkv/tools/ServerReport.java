package io.raftkv.tools;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one server says of itself and of its cluster when an operator asks.
 *
 * @param leader the server that leads, or -1
 * @param bound what the store may hold, {@code Long.MAX_VALUE} for no bound
 * @param boundMax the highest bound that its heap can live with
 */
record ServerReport(
    int server,
    boolean leads,
    long term,
    int leader,
    boolean serving,
    long lastIndex,
    long bytes,
    long bound,
    long boundMax,
    List<Member> members) {

  /**
   * A member as the cluster knows it.
   *
   * @param incarnation in hexadecimal digits, 0 for an empty seat
   * @param heldIndex up to where the leader knows its log to be durable, or -1
   */
  record Member(int id, boolean isVoter, String incarnation, long heldIndex) {
    static Member parse(String[] words) {
      return new Member(
          Integer.parseInt(words[1]), words[2].equals("voter"), words[3], Long.parseLong(words[4]));
    }
  }

  /** Reads the lines of an answer to {@code status}; what it does not know it passes over. */
  static ServerReport parse(List<String> lines) {
    var values = new HashMap<String, String>();
    var members = new ArrayList<Member>();
    for (var line : lines) {
      var words = line.split(" ", -1);
      if (words[0].equals("member")) {
        members.add(Member.parse(words));
      } else {
        values.put(words[0], words[words.length - 1]);
      }
    }
    return new ServerReport(
        (int) number(values, "server", -1),
        values.getOrDefault("role", "").equals("leader"),
        number(values, "term", 0),
        (int) number(values, "leader", -1),
        values.getOrDefault("serving", "").equals("true"),
        number(values, "last", 0),
        number(values, "bytes", 0),
        number(values, "bound", Long.MAX_VALUE),
        number(values, "bound-max", Long.MAX_VALUE),
        List.copyOf(members));
  }

  private static long number(Map<String, String> values, String key, long otherwise) {
    var value = values.get(key);
    return value == null ? otherwise : Long.parseLong(value);
  }
}
