package io.raftkv.kv;

/**
 * What makes a command count once.
 *
 * @param origin the id of the server whose client asked
 * @param life that server's run
 * @param sequence 1, 2, 3, … within that life
 */
public record RequestId(int origin, Life life, long sequence) {}
