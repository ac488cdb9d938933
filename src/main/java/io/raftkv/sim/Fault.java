package io.raftkv.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One thing that goes wrong, planned before the run begins, so that it can be left out.
 *
 * @param at when, in virtual milliseconds
 * @param kind what
 * @param target which server, where {@link #LEADER} is whoever leads then
 * @param lastsMillis how long until it is mended
 * @param detail a number that the kind makes something of
 */
public record Fault(int at, Kind kind, int target, int lastsMillis, long detail) {
  /** Whoever leads when the time comes; a random server if nobody does. */
  public static final int LEADER = -1;

  private static final int FORMING_PAUSE_MILLIS = 60;

  /** What can go wrong. */
  public enum Kind {
    /** A process or its machine dies. */
    CRASH,
    /** All of them at once. */
    CRASH_ALL,
    /** Whoever is elected next dies a moment later. */
    CRASH_NEXT_LEADER,
    /** Whoever writes a vote next dies before or after it is durable. */
    CRASH_NEXT_VOTER,
    /** A process dies in the middle of a disk operation. */
    CRASH_AT_OPERATION,
    /** A process stands still, and then reads what has queued up. */
    PAUSE,
    /** All of them do. */
    PAUSE_ALL,
    /** One server is cut off from all others. */
    ISOLATE,
    /** Two groups cannot reach each other. */
    HALVES,
    /** One direction of some links is cut. */
    ONE_WAY,
    /** One server hears all others, and none of them hears it. */
    MUTE,
    /** One server is heard by all others, and hears none of them. */
    DEAFEN,
    /** Two groups reach each other only through one server, which sees all. */
    BRIDGE,
    /** All links but those of one server are cut. */
    STAR,
    /** One link is cut and mended again and again. */
    FLAP,
    /** Servers are cut off one after the other, and come back in another order. */
    SWIZZLE,
    /** Connections break while everybody lives. */
    BREAK_LINKS,
    /** A disk does not answer. */
    HANG_DISK,
    /** A disk has no room. */
    FILL_DISK,
    /** A disk fails at one of its next operations. */
    FAIL_DISK,
    /** A server dies, and a bit of its files changes. */
    FLIP_BIT,
    /** A server dies, and a write that was forced turns out to be lost. */
    LOSE_WRITE,
    /** A server dies and comes back with an empty disk, if all voters hold their seats. */
    WIPE,
    /** A server dies and comes back with an older copy of its disk, where its leader knows it. */
    OLDER_COPY,
    /** A wall clock jumps. */
    JUMP_CLOCK,
    /** The leader is asked to hand over. */
    TRANSFER,
    /** An operator adds a server that is no member as a learner. */
    ADD_SERVER,
    /** An operator makes a learner a voter. */
    PROMOTE_SERVER,
    /** An operator removes a member. */
    REMOVE_SERVER,
    /** An operator bounds the store anew. */
    BOUND_STORE,
    /** An operator wants a snapshot now. */
    WANT_SNAPSHOT,
    /** An operator asks for changes that make no sense, and asks whoever does not lead. */
    NONSENSE,
    /** A server is told what no server says. */
    STRAY
  }

  /** Draws a plan of faults for a run. */
  static List<Fault> plan(Profile profile, Conditions conditions, RandomGenerator random) {
    var plan = new ArrayList<Fault>();
    double pause = profile.pauseBetweenFaults() * conditions.electionTimeoutMillis();
    boolean disturbsForming = profile != Profile.CALM && random.nextInt(5) == 0;
    int formingMillis = disturbsForming ? 2 * conditions.electionTimeoutMillis() : 0;
    int at = 0;
    while (true) {
      double mean = at < formingMillis ? FORMING_PAUSE_MILLIS : pause;
      at += 1 + (int) (-mean * Math.log(1 - random.nextDouble()));
      if (at >= conditions.durationMillis()) {
        return plan;
      }
      int timeouts = at < formingMillis ? 1 : (random.nextInt(4) + 1) * 3;
      int lastsMillisMax = timeouts * conditions.electionTimeoutMillis();
      plan.add(draw(at, lastsMillisMax, profile, conditions.servers(), random));
    }
  }

  private static Fault draw(
      int at, int lastsMillisMax, Profile profile, int servers, RandomGenerator random) {
    var kinds = profile.faults();
    return new Fault(
        at,
        kinds.get(random.nextInt(kinds.size())),
        random.nextBoolean() ? LEADER : random.nextInt(servers),
        1 + random.nextInt(lastsMillisMax),
        random.nextLong(1L << 40));
  }
}
