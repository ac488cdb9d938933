package io.raftkv.base;

/** Checks that stay on in production: a server that finds its own rules broken must stop. */
public final class Invariant {
  private Invariant() {}

  /** Says that a rule of the system does not hold: a defect, never bad input. */
  public static final class Broken extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
      super(message);
    }
  }

  /** Stops with {@link Broken} unless {@code holds}; {@code rule} says in words what must hold. */
  public static void check(boolean holds, String rule) {
    if (!holds) {
      throw new Broken("broken: " + rule);
    }
  }

  /** Stops with {@link Broken} unless the two are equal. */
  public static void equal(long one, long other, String rule) {
    check(one == other, rule, one, other);
  }

  /** Stops with {@link Broken} if {@code low} is beyond {@code high}. */
  public static void ordered(long low, long high, String rule) {
    check(low <= high, rule, low, high);
  }

  /** As {@link #check(boolean, String)}, with the two numbers that were compared. */
  public static void check(boolean holds, String rule, long left, long right) {
    if (!holds) {
      throw new Broken("broken: " + rule + " (" + left + ", " + right + ")");
    }
  }
}
