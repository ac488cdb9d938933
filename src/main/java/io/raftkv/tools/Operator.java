package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.ServerConfig;
import io.raftkv.transport.OperatorClient;
import io.raftkv.transport.OperatorRefusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Asks the servers of a file what an operator may ask, over their log ports. */
final class Operator {
  /** What to do where nobody answers. */
  static final String REMEDY = "; start the servers, or name their file with --config";

  private static final int TIMEOUT_MILLIS = 10_000;

  private final ClusterConfig cluster;

  Operator(ClusterConfig cluster) {
    this.cluster = cluster;
  }

  /** A server that does not answer, and one line that says so and why. */
  record Silent(int id, String why) {}

  /** What each server that answers says, and why the others do not. */
  record Answers(List<ServerReport> reports, List<Silent> silent) {
    boolean isSilent(int id) {
      return silent.stream().anyMatch(each -> each.id() == id);
    }

    List<String> reasons() {
      return silent.stream().map(Silent::why).toList();
    }

    /** The report of whoever leads the latest term. */
    Optional<ServerReport> leader() {
      return reports.stream()
          .filter(ServerReport::leads)
          .max(Comparator.comparingLong(ServerReport::term));
    }
  }

  /** Asks all of them. */
  Answers status() {
    var reports = new ArrayList<ServerReport>();
    var silent = new ArrayList<Silent>();
    for (var server : cluster.servers()) {
      try (var client = OperatorClient.connect(server, TIMEOUT_MILLIS)) {
        reports.add(ServerReport.parse(client.ask("status")));
      } catch (IOException | OperatorRefusal e) {
        silent.add(new Silent(server.id(), doesNotAnswer(server, e)));
      }
    }
    return new Answers(reports, silent);
  }

  private static String doesNotAnswer(ServerConfig server, Exception why) {
    return "server " + server.id() + " does not answer: " + why.getMessage();
  }

  /** Refuses a server that the file does not name: it could not be asked for anything. */
  void checkNamed(int id) {
    named(id);
  }

  private ServerConfig named(int id) {
    return cluster.servers().stream()
        .filter(named -> named.id() == id)
        .findFirst()
        .orElseThrow(() -> notNamed(id));
  }

  /** Why a server of the file does not answer, empty if it does. */
  Optional<String> silence(int id) {
    var server = named(id);
    try (var client = OperatorClient.connect(server, TIMEOUT_MILLIS)) {
      client.ask("status");
      return Optional.empty();
    } catch (OperatorRefusal answered) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(doesNotAnswer(server, e));
    }
  }

  private static Failure notNamed(int id) {
    return new Failure(
        ExitStatus.CONFIGURATION,
        "the file names no server %d: give one, with --config, that names it and all others"
            .formatted(id));
  }

  /** The server that leads, of those that the file names; waits a while for there to be one. */
  ServerConfig leader() {
    var answers = status();
    long end = System.nanoTime() + TIMEOUT_MILLIS * 1_000_000L;
    while (answers.leader().isEmpty() && System.nanoTime() < end) {
      Waiting.pause(Duration.ofMillis(200));
      answers = status();
    }
    int id = answers.leader().map(ServerReport::server).orElse(-1);
    var last = answers;
    return cluster.servers().stream()
        .filter(server -> server.id() == id)
        .findFirst()
        .orElseThrow(() -> noLeader(last));
  }

  private static Failure noLeader(Answers answers) {
    var known = answers.reports().stream().filter(report -> report.leader() >= 0).findFirst();
    var reasons = new ArrayList<>(answers.reasons());
    known.ifPresent(report -> reasons.add(0, "server " + report.leader() + " leads"));
    return new Failure(
        ExitStatus.UNEXPECTED,
        "no server that the file names, and that takes commands from this machine, leads: "
            + (reasons.isEmpty() ? "there is no majority" : String.join("; ", reasons)));
  }

  /**
   * Has the leader do something.
   *
   * @return why it refuses, or empty if it is done
   */
  Optional<String> ask(String words) {
    var leader = leader();
    try (var client = OperatorClient.connect(leader, TIMEOUT_MILLIS)) {
      client.ask(words);
      return Optional.empty();
    } catch (OperatorRefusal refusal) {
      return Optional.of(String.valueOf(refusal.getMessage()));
    } catch (IOException e) {
      throw new Failure(
          ExitStatus.UNEXPECTED,
          "server %d did not say what came of it: %s; see: ./run.sh member list"
              .formatted(leader.id(), e.getMessage()),
          e);
    }
  }
}
