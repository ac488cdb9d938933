package io.raftkv.tools;

import java.io.IOException;

/**
 * One thing that must hold.
 *
 * @param name what holds, as a sentence
 * @param body how it is tried
 */
record Scenario(String name, Body body) {
  /** Tries it: returns if it holds, and throws what stands in {@link Trial} if not. */
  @FunctionalInterface
  interface Body {
    void run(Trial trial) throws IOException;
  }
}
