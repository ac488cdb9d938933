package io.raftkv.sim;

import java.util.EnumMap;
import java.util.Map;

/** What many runs come to. */
public final class Totals {
  private final Map<Profile, Share> shares = new EnumMap<>(Profile.class);
  private final Marks marks = new Marks();
  private Share all = Share.NONE;
  private long traceHash;

  /**
   * What the runs of one profile come to.
   *
   * @param simulatedMillis how much virtual time went by
   * @param asked how many requests clients made
   * @param answered how many of them were served
   * @param undecided how many runs the clients' history alone could not judge
   */
  public record Share(
      long runs, long simulatedMillis, long events, long asked, long answered, long undecided) {
    static final Share NONE = new Share(0, 0, 0, 0, 0, 0);

    private Share plus(Simulation.Outcome outcome) {
      return new Share(
          runs + 1,
          simulatedMillis + outcome.simulatedMillis(),
          events + outcome.events(),
          asked + outcome.asked(),
          answered + outcome.answered(),
          undecided + (outcome.isDecided() ? 0 : 1));
    }
  }

  /** Adds a run; the trace hash depends on the order in which they are added. */
  public void add(Simulation.Outcome outcome) {
    var profile = outcome.plan().profile();
    shares.put(profile, share(profile).plus(outcome));
    all = all.plus(outcome);
    marks.add(outcome.marks());
    traceHash = traceHash == 0 ? outcome.traceHash() : Trace.mix(traceHash, outcome.traceHash());
  }

  /** What the runs of this profile come to. */
  public Share share(Profile profile) {
    return shares.getOrDefault(profile, Share.NONE);
  }

  /** What all runs come to. */
  public Share all() {
    return all;
  }

  /** What all runs have seen. */
  public Marks marks() {
    return marks;
  }

  /** The trace hash of the one run, or one number for the trace hashes of all, in their order. */
  public long traceHash() {
    return traceHash;
  }
}
