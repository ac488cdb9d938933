package io.raftkv.base;

/** Refuses numbers that cannot be meant, with {@link IllegalArgumentException}. */
public final class Ranges {
  private Ranges() {}

  /** Refuses a number below {@code least}; {@code name} says which one it is. */
  public static void atLeast(String name, long number, long least) {
    if (number < least) {
      throw new IllegalArgumentException(name + " is " + number + ", must be at least " + least);
    }
  }

  /** Refuses a number that is not from {@code least} to {@code most}. */
  public static void within(String name, long number, long least, long most) {
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          name + " is " + number + ", must be from " + least + " to " + most);
    }
  }
}
