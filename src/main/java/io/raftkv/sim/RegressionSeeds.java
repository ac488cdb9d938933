package io.raftkv.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The runs that once failed, for ever to be run first: the file {@code simulation-seeds.txt}, a
 * line for each, {@code <seed> <profile> <bytes|records> # what it was}.
 */
public final class RegressionSeeds {
  private static final String FILE = "/simulation-seeds.txt";

  private RegressionSeeds() {}

  /** What these seeds draw, in the order of the file. */
  public static List<Simulation.Plan> plans() {
    try (var in = RegressionSeeds.class.getResourceAsStream(FILE)) {
      var text =
          new String(Objects.requireNonNull(in, FILE).readAllBytes(), StandardCharsets.UTF_8);
      return parse(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Simulation.Plan> parse(String text) {
    return text.lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .map(RegressionSeeds::plan)
        .toList();
  }

  private static Simulation.Plan plan(String line) {
    var fields = line.split(" +", -1);
    boolean isKnown = fields.length == 3 && List.of("bytes", "records").contains(fields[2]);
    if (!isKnown) {
      throw new IllegalArgumentException("no line of " + FILE + ": " + line);
    }
    return Simulation.Plan.of(
        Long.parseLong(fields[0]),
        Profile.valueOf(fields[1].toUpperCase(Locale.ROOT)),
        fields[2].equals("bytes"));
  }
}
