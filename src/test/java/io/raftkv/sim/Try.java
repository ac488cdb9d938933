package io.raftkv.sim;

final class Try {
  private Try() {}

  public static void main(String[] args) {
    long first = Long.parseLong(args[0]);
    int count = Integer.parseInt(args[1]);
    boolean bytes = Boolean.parseBoolean(args[2]);
    var marks = new Marks();
    long begin = System.nanoTime();
    long millis = 0;
    long events = 0;
    int bad = 0;
    var asked = new java.util.EnumMap<Profile, long[]>(Profile.class);
    for (long seed = first; seed < first + count; seed++) {
      var profile = args.length > 3 ? Profile.valueOf(args[3]) : Profile.of(seed);
      var plan = Simulation.Plan.of(seed, profile, bytes);
      var outcome = count == 1 ? Simulation.run(plan, System.out::println) : Simulation.run(plan);
      marks.add(outcome.marks());
      millis += outcome.simulatedMillis();
      events += outcome.events();
      var a = asked.computeIfAbsent(profile, p -> new long[2]);
      a[0] += outcome.asked();
      a[1] += outcome.answered();
      if (!outcome.isGood()) {
        bad++;
        System.out.println(
            "seed " + seed + " " + profile + " bytes " + bytes + ": " + outcome.failure());
        if (count == 1) {
          outcome.lastEvents().forEach(System.out::println);
          System.out.println(outcome.plan());
        }
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "%d runs, %d bad, %.0f simulated s in %.1f s: %.0f, %.0f events/s%n",
        count, bad, millis / 1e3, seconds, millis / 1e3 / seconds, events / seconds);
    System.out.println("missing " + marks.missing());
    asked.forEach(
        (p, a) ->
            System.out.println(p + " " + a[0] + " asked, " + 100 * a[1] / a[0] + " % answered"));
  }
}
