package io.raftkv.mutants;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Hunts mutants, all or those named, and prints how long each lived. Built with the tests and not
 * part of the product:
 *
 * <pre>
 * mvn -q test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.raftkv.mutants.Mutants -Dexec.args="NAME..."
 * </pre>
 *
 * Ends with status 0 if each was found, or lives on as it says it should, else 1.
 */
public final class Mutants {
  private static final Duration BUDGET = Duration.ofSeconds(60);

  private Mutants() {}

  /** Hunts the mutants of these names, or all. */
  public static void main(String[] args) throws Exception {
    var mutants = new ArrayList<Mutant>();
    for (var name : args) {
      mutants.add(Mutant.of(name));
    }
    try (var compiler = new MutantCompiler()) {
      System.exit(hunt(mutants.isEmpty() ? Mutant.all() : mutants, compiler));
    }
  }

  private static int hunt(List<Mutant> mutants, MutantCompiler compiler) throws Exception {
    var seconds = new ArrayList<Double>();
    int wrong = 0;
    for (var mutant : mutants) {
      var find = new Hunt(compiler.load(mutant), mutant.foundBy()).run(BUDGET);
      var complaint = complaint(mutant, find);
      wrong += complaint.isEmpty() ? 0 : 1;
      if (find.isKill() && find.seed() > 0) {
        seconds.add(find.seconds());
      }
      System.out.printf("%-40s %s%s%n", mutant.name(), find, complaint);
    }
    seconds.sort(null);
    System.out.printf(
        Locale.ROOT,
        "%d mutants, %d found by seeds in %.1f CPU s (median), %d not as they should%n",
        mutants.size(),
        seconds.size(),
        seconds.isEmpty() ? Double.NaN : seconds.get(seconds.size() / 2),
        wrong);
    return wrong == 0 ? 0 : 1;
  }

  /** What is wrong with this find; a seed that the real code fails, too, says nothing. */
  private static String complaint(Mutant mutant, Hunt.Find find) throws Exception {
    if (find.isKill() == mutant.equivalent().isPresent()) {
      return find.isKill() ? "  <- SHOULD LIVE" : "  <- SURVIVED";
    }
    if (find.isKill() && find.seed() > 0) {
      var realCode = new Hunt(MutantLoader.ofRealCode(), mutant.foundBy());
      return realCode.seed(find.seed()).isEmpty() ? "" : "  <- THE REAL CODE FAILS, TOO";
    }
    return "";
  }
}
