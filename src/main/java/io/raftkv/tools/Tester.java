package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.ConfigLoader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code ./run.sh tester}: tries from outside whether a running cluster keeps its promises. It
 * knows config.json and the client protocol, and so runs against any program that speaks it. It
 * says line by line what it does, and ends with a count.
 */
public final class Tester {
  private static final Duration CLUSTER_MAX = Duration.ofSeconds(60);
  private static final Duration CLEAN_UP_MAX = Duration.ofSeconds(5);

  private final ClusterConfig cluster;
  private final TesterOptions options;
  private final Journal journal;
  private final Fleet fleet;
  private final Keys keys;

  Tester(ClusterConfig cluster, TesterOptions options, Fleet fleet, Journal journal) {
    this.cluster = cluster;
    this.options = options;
    this.journal = journal;
    this.fleet = fleet;
    this.keys = Keys.random("tester");
  }

  /**
   * Runs the tester and returns its exit status: 0 if all that could be tried holds, 1 if not or if
   * no server answers, 2 for a wrong command line or configuration.
   */
  public static int run(List<String> args) {
    return run(args, System.out, System.err);
  }

  static int run(List<String> args, PrintStream console, PrintStream errors) {
    var out = new PrintStream(console, true, StandardCharsets.UTF_8);
    try {
      var options = TesterOptions.parse(args);
      if (options.help()) {
        out.print(TesterOptions.HELP);
        return ExitStatus.STOPPED.code();
      }
      var file = options.config().orElseGet(ConfigLoader::defaultFile);
      var cluster = ConfigLoader.load(file);
      out.println("tester: the " + cluster.servers().size() + " servers of " + file);
      var control = new ProcessControl(options.commands(), cluster.servers());
      var journal = new Journal(out);
      var fleet = new Fleet(cluster.servers(), control, journal);
      boolean good = new Tester(cluster, options, fleet, journal).runAll();
      return good ? ExitStatus.STOPPED.code() : ExitStatus.UNEXPECTED.code();
    } catch (Failure failure) {
      errors.println(failure.getMessage());
      return failure.status().code();
    }
  }

  /** Tries everything; returns whether nothing failed. */
  boolean runAll() {
    return attempt(scenarios());
  }

  /** Tries these; returns whether nothing failed. */
  boolean attempt(List<Scenario> scenarios) {
    fleet.awaitAll(CLUSTER_MAX);
    for (var scenario : scenarios) {
      attempt(scenario);
    }
    removeKeys();
    return journal.end();
  }

  private List<Scenario> scenarios() {
    int valueBytesMax = cluster.options().maxValueBytes();
    var scenarios = new ArrayList<>(BasicScenarios.all());
    scenarios.addAll(new ValueScenarios(valueBytesMax).all());
    scenarios.addAll(new MalformedScenarios(valueBytesMax).all());
    scenarios.addAll(ExpiryScenarios.all());
    scenarios.addAll(ConflictScenarios.all());
    scenarios.addAll(new FaultScenarios().all(fleet));
    return scenarios;
  }

  private void attempt(Scenario scenario) {
    long start = System.nanoTime();
    journal.begin(scenario.name());
    try (var trial = new Trial(fleet, options, journal, keys)) {
      scenario.body().run(trial);
      journal.passed(scenario.name(), (System.nanoTime() - start) / 1_000_000);
    } catch (Trial.Skipped skipped) {
      journal.skipped(scenario.name(), skipped.reason());
    } catch (Trial.Failed failed) {
      journal.failed(scenario.name(), failed.reason());
    } catch (IOException failure) {
      journal.failed(
          scenario.name(), failure.getClass().getSimpleName() + ": " + failure.getMessage());
    }
  }

  /** Leaves nothing behind in a cluster that still serves. */
  private void removeKeys() {
    if (fleet.alive().size() < fleet.majority()) {
      return;
    }
    var server = fleet.alive().get(0);
    try (var client = KvClient.connect(server.hostname(), server.clientPort(), CLEAN_UP_MAX)) {
      keys.remove(client);
    } catch (IOException failure) {
      journal.detail("keys were left behind: " + failure.getMessage());
    }
  }
}
