package io.raftkv.mutants;

import io.raftkv.sim.Profile;
import io.raftkv.sim.Simulation;
import java.util.function.BiFunction;

/**
 * One simulated run, in whichever world this class is loaded: takes a seed and {@code PROFILE
 * bytes} or {@code PROFILE records}, gives what was violated, or nothing. Its types are the JDK's,
 * since no other is the same in two worlds.
 */
public final class SeedRun implements BiFunction<Long, String, String> {
  @Override
  public String apply(Long seed, String kind) {
    var words = kind.split(" ");
    var profile = Profile.valueOf(words[0]);
    return Simulation.run(Simulation.Plan.of(seed, profile, words[1].equals("bytes"))).failure();
  }
}
