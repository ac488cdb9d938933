package io.raftkv.kv;

/**
 * One run of a server. A later life of the same server has a larger number; two lives with one
 * number (a copied disk) differ in their random bits.
 *
 * @param number at least 1
 * @param random 64 random bits
 */
public record Life(long number, long random) {
  /** Before the first life. */
  public static final Life NONE = new Life(0, 0);
}
