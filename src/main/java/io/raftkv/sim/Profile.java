package io.raftkv.sim;

import io.raftkv.raft.Configuration;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** Kinds of weather: each draws its conditions and faults in its own proportions. */
public enum Profile {
  /** Hardly any fault: what a good day looks like. */
  CALM(10),
  /** A bit of everything. */
  MIXED(30),
  /** Servers are added, promoted and removed while others die. */
  MEMBERSHIP(10),
  /** Leaders fall one after the other, messages come late: many terms, few commits in each. */
  CHURN(20),
  /** Disks that are slow, hang, fill up, fail, forget and rot. */
  DISK(20),
  /** Clocks that run apart and jump, many keys that expire, servers that stand still. */
  CLOCK(10);

  private static final int MOSTLY = 5;
  private static final int RESTORED_ONE_IN = 12;

  private static final List<Fault.Kind> CHURN_FAULTS =
      List.of(
          Fault.Kind.CRASH,
          Fault.Kind.CRASH,
          Fault.Kind.CRASH_NEXT_LEADER,
          Fault.Kind.CRASH_NEXT_VOTER,
          Fault.Kind.ISOLATE,
          Fault.Kind.ISOLATE,
          Fault.Kind.HALVES,
          Fault.Kind.ONE_WAY,
          Fault.Kind.MUTE,
          Fault.Kind.DEAFEN,
          Fault.Kind.CRASH_ALL,
          Fault.Kind.STRAY,
          Fault.Kind.TRANSFER);

  private static final List<Fault.Kind> DISK_FAULTS =
      List.of(
          Fault.Kind.CRASH,
          Fault.Kind.CRASH_AT_OPERATION,
          Fault.Kind.CRASH_ALL,
          Fault.Kind.HANG_DISK,
          Fault.Kind.FILL_DISK,
          Fault.Kind.FAIL_DISK,
          Fault.Kind.FLIP_BIT,
          Fault.Kind.LOSE_WRITE,
          Fault.Kind.OLDER_COPY,
          Fault.Kind.WIPE);

  private static final List<Fault.Kind> MEMBERSHIP_FAULTS =
      List.of(
          Fault.Kind.ADD_SERVER,
          Fault.Kind.ADD_SERVER,
          Fault.Kind.ADD_SERVER,
          Fault.Kind.PROMOTE_SERVER,
          Fault.Kind.REMOVE_SERVER,
          Fault.Kind.REMOVE_SERVER,
          Fault.Kind.BOUND_STORE,
          Fault.Kind.STRAY,
          Fault.Kind.NONSENSE,
          Fault.Kind.WANT_SNAPSHOT,
          Fault.Kind.CRASH,
          Fault.Kind.CRASH_NEXT_LEADER,
          Fault.Kind.ISOLATE,
          Fault.Kind.HALVES,
          Fault.Kind.TRANSFER,
          Fault.Kind.WIPE);

  private static final List<Fault.Kind> CLOCK_FAULTS =
      List.of(
          Fault.Kind.JUMP_CLOCK,
          Fault.Kind.PAUSE,
          Fault.Kind.PAUSE,
          Fault.Kind.CRASH,
          Fault.Kind.ISOLATE,
          Fault.Kind.STRAY,
          Fault.Kind.TRANSFER);

  private final int weight;

  Profile(int weight) {
    this.weight = weight;
  }

  /** The profile that a seed alone stands for. */
  public static Profile of(long seed) {
    int left = new Chance(seed).stream("profile").nextInt(100);
    for (var profile : values()) {
      left -= profile.weight;
      if (left < 0) {
        return profile;
      }
    }
    throw new IllegalStateException("the weights must sum up to 100");
  }

  /** How the command line calls it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Draws what a run goes through. */
  Conditions draw(RandomGenerator random) {
    int timeout = 300 + 100 * random.nextInt(8);
    int servers = random.nextInt(4) > 0 ? MOSTLY : List.of(1, 3, 4, 7).get(random.nextInt(4));
    var network = network(random, timeout);
    var disk = disk(random, timeout);
    var clocks = clocks(random);
    var load = load(random);
    var bounds = bounds(random, timeout);
    boolean restored = random.nextInt(RESTORED_ONE_IN) == 0;
    int duration = (this == CHURN ? 100 : 80) * timeout;
    return new Conditions(
        servers,
        spares(random),
        forms(random, restored),
        restored,
        timeout,
        duration,
        network,
        disk,
        clocks,
        load,
        bounds);
  }

  /** Not where disks are lost: then a majority may form a cluster beside another. */
  private boolean forms(RandomGenerator random, boolean restored) {
    boolean isSafe = !faults().contains(Fault.Kind.WIPE);
    return isSafe && random.nextInt(restored ? 2 : 4) == 0;
  }

  private int spares(RandomGenerator random) {
    return switch (this) {
      case MEMBERSHIP -> 1 + random.nextInt(2);
      case MIXED -> random.nextInt(4) == 0 ? 1 : 0;
      case CALM, CHURN, DISK, CLOCK -> 0;
    };
  }

  private Conditions.Network network(RandomGenerator random, int timeout) {
    boolean bad = this != CALM && random.nextInt(3) > 0;
    return new Conditions.Network(
        50 + random.nextInt(2_000),
        50 + random.nextInt(this == CALM ? 1_000 : timeout * 150),
        bad ? random.nextDouble() * (random.nextInt(4) == 0 ? 0.3 : 0.05) : 0,
        bad ? random.nextDouble() * 0.2 : 0,
        bad || this == CHURN ? random.nextDouble() * 0.05 : 0,
        30 * timeout,
        random.nextInt(4) == 0 ? 100 + random.nextInt(2_000) : 0);
  }

  private Conditions.Disks disk(RandomGenerator random, int timeout) {
    boolean bad = this == DISK || random.nextInt(4) == 0;
    return new Conditions.Disks(
        50 + random.nextInt(bad ? 20_000 : 3_000),
        bad ? random.nextDouble() * 0.1 : 0,
        timeout,
        random.nextDouble(),
        4_096 << random.nextInt(4));
  }

  private Conditions.Clocks clocks(RandomGenerator random) {
    boolean bad = this == CLOCK || random.nextInt(4) == 0;
    return new Conditions.Clocks(
        bad ? random.nextDouble() * 0.1 : 0, bad ? random.nextInt(100_000) : random.nextInt(50));
  }

  private Conditions.Load load(RandomGenerator random) {
    return new Conditions.Load(
        1 + random.nextInt(2),
        1 + random.nextInt(6),
        50 + random.nextInt(500),
        1 + random.nextInt(4),
        random.nextInt(3) == 0 ? 8_192 : 64,
        this == CLOCK ? 0.6 : random.nextDouble() * 0.4,
        random.nextInt(2) == 0 ? 0.05 : 0,
        random.nextInt(4) == 0 ? 5 : 1);
  }

  private Conditions.Bounds bounds(RandomGenerator random, int timeout) {
    int append = random.nextInt(2) == 0 ? 1 << 20 : 200 << random.nextInt(6);
    return new Conditions.Bounds(
        append,
        append * (1 + random.nextInt(8)),
        random.nextInt(3) == 0 ? 4 : 4_096,
        timeout * (random.nextInt(3) == 0 ? 3 + random.nextInt(4) : 15),
        random.nextInt(3) == 0 ? random.nextInt(10_000) : 0,
        random.nextInt(5) == 0 ? 0 : 500L << random.nextInt(8),
        random.nextInt(2) == 0 ? random.nextInt(2_000) : random.nextInt(timeout * 1_000),
        random.nextInt(2) == 0 ? 0 : random.nextInt(20_000),
        random.nextInt(4) == 0 ? 200 + random.nextInt(3_000) : Configuration.UNBOUNDED);
  }

  /** How long faults let the cluster alone in the mean, in election timeouts. */
  double pauseBetweenFaults() {
    return switch (this) {
      case CALM -> 40;
      case MIXED, DISK, CLOCK -> 6;
      case MEMBERSHIP -> 4;
      case CHURN -> 2.5;
    };
  }

  /** The kinds of fault, each as often as it is likely. */
  List<Fault.Kind> faults() {
    return switch (this) {
      case CALM -> List.of(Fault.Kind.CRASH, Fault.Kind.TRANSFER, Fault.Kind.WANT_SNAPSHOT);
      case MIXED -> List.of(Fault.Kind.values());
      case MEMBERSHIP -> MEMBERSHIP_FAULTS;
      case CHURN -> CHURN_FAULTS;
      case DISK -> DISK_FAULTS;
      case CLOCK -> CLOCK_FAULTS;
    };
  }
}
