package io.raftkv.mutants;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BiFunction;

/** Looks for a bug in one world, seed after seed or by a script, and says what it found. */
final class Hunt {
  private static final String SCRIPT = "script ";
  private static final String OWN_CHECK = "io.raftkv.base.Invariant$Broken: broken: ";

  private final MutantLoader world;
  private final String foundBy;

  /**
   * What came of it.
   *
   * @param seed the seed that showed it; 0 for a script; if none did, how many were tried
   * @param what what was violated, empty if nothing was
   * @param cpu what it took, the compilers of the virtual machine included
   */
  record Find(long seed, String what, Duration cpu) {
    boolean isKill() {
      return !what.isEmpty();
    }

    /** Who noticed. */
    String detector() {
      if (!isKill()) {
        return "nobody";
      }
      return seed == 0 ? "script" : what.startsWith(OWN_CHECK) ? "own check" : "simulator";
    }

    /** What was violated, without where. */
    String rule() {
      return what.replace(OWN_CHECK, "").replaceAll("(?s)( at io\\.raftkv.*|\n.*)", "");
    }

    double seconds() {
      return cpu.toMillis() / 1e3;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%-9s %4d %5.1f s  %s", detector(), seed, seconds(), rule());
    }
  }

  Hunt(MutantLoader world, String foundBy) {
    this.world = world;
    this.foundBy = foundBy;
  }

  /** Hunts until it finds something or the budget is spent. */
  Find run(Duration budget) throws ReflectiveOperationException {
    var begin = cpu();
    if (foundBy.startsWith(SCRIPT)) {
      var what = script(foundBy.substring(SCRIPT.length()));
      return new Find(0, what, cpu().minus(begin));
    }
    long seed = 0;
    var what = "";
    while (what.isEmpty() && cpu().minus(begin).compareTo(budget) < 0) {
      what = seed(++seed);
    }
    return new Find(seed, what, cpu().minus(begin));
  }

  /** What this seed shows. */
  @SuppressWarnings("unchecked")
  String seed(long seed) throws ReflectiveOperationException {
    var run = world.loadClass(SeedRun.class.getName()).getConstructor().newInstance();
    return ((BiFunction<Long, String, String>) run).apply(seed, foundBy);
  }

  /** Runs a test that is named by its class in our package and its method. */
  private String script(String test) throws ReflectiveOperationException {
    var names = test.split("#");
    var type = world.loadClass("io.raftkv." + names[0]);
    var constructor = type.getDeclaredConstructor();
    var method = type.getDeclaredMethod(names[1]);
    constructor.setAccessible(true);
    method.setAccessible(true);
    try {
      method.invoke(constructor.newInstance());
      return "";
    } catch (InvocationTargetException e) {
      return names[1] + ": " + e.getCause();
    }
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
  }
}
