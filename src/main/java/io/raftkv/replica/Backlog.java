package io.raftkv.replica;

/**
 * How much waits in a replica; each is bounded by what its clients may have under way.
 *
 * @param requests that may still be given up
 * @param reads whose answer is awaited, by somebody
 * @param commands numbered and not seen applied
 * @param connections whose turn is to come
 */
public record Backlog(int requests, int reads, int commands, int connections) {}
