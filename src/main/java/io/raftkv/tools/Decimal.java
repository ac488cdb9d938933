package io.raftkv.tools;

/** Numbers as the protocol writes them: ASCII digits and nothing else. */
final class Decimal {
  private static final int DIGITS_MAX = 19;

  private Decimal() {}

  /** The number that {@code digits} stands for, or -1 if it is none from 0 to 2^63-1. */
  static long parse(String digits) {
    if (digits.isEmpty() || digits.length() > DIGITS_MAX) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
