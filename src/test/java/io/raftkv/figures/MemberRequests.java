package io.raftkv.figures;

import io.raftkv.tools.Member;
import io.raftkv.tools.Waiting;
import io.raftkv.transport.OperatorClient;
import io.raftkv.transport.OperatorRefusal;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Asks the cluster who is a member, and has it changed, as an operator does. */
final class MemberRequests {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final Duration LEADER_MAX = Duration.ofSeconds(20);
  private static final Duration DONE_MAX = Duration.ofSeconds(90);
  private static final String DONE = "done";

  private final RealCluster cluster;

  /** What came of a request, in words, and when. */
  record Answer(String words, long atNanos) {
    /** Whether the same request may be taken a moment later. */
    boolean isTryAgain() {
      return words.contains("try again");
    }

    /** Whether it is as was wished, be it that an earlier request did it. */
    boolean isDone() {
      return words.equals(DONE) || words.contains("already");
    }
  }

  /** The members as whoever leads knows them. */
  record Members(Set<Integer> voters, Set<Integer> learners) {
    boolean has(int id) {
      return voters.contains(id) || learners.contains(id);
    }
  }

  MemberRequests(RealCluster cluster) {
    this.cluster = cluster;
  }

  /** The members, if somebody leads and says who they are. */
  Optional<Members> members() {
    var leader = cluster.leader();
    if (leader.isEmpty()) {
      return Optional.empty();
    }
    try (var client = OperatorClient.connect(cluster.server(leader.get()), TIMEOUT_MILLIS)) {
      var lines = client.ask("status");
      return lines.contains("role leader") ? Optional.of(parse(lines)) : Optional.empty();
    } catch (IOException | OperatorRefusal notNow) {
      return Optional.empty();
    }
  }

  private static Members parse(List<String> lines) {
    var members = new Members(new HashSet<>(), new HashSet<>());
    for (var line : lines) {
      var words = line.split(" ", -1);
      if (words[0].equals("member")) {
        var kind = words[2].equals("voter") ? members.voters : members.learners;
        kind.add(Integer.parseInt(words[1]));
      }
    }
    return members;
  }

  /** Has the leader do this, however often it must be asked. */
  void demand(String words) {
    if (!Waiting.until(DONE_MAX, () -> ask(words).isDone())) {
      throw new IllegalStateException("the cluster does not " + words);
    }
  }

  /** Sends a request on a thread of its own. */
  CompletableFuture<Answer> askBeside(String words) {
    return beside(() -> ask(words).words);
  }

  /** Replaces a member by another on a thread of its own, as the command line does. */
  CompletableFuture<Answer> replaceBeside(int old, int id) {
    return beside(() -> replace(old, id));
  }

  private static CompletableFuture<Answer> beside(Supplier<String> request) {
    return CompletableFuture.supplyAsync(() -> new Answer(request.get(), System.nanoTime()));
  }

  /** Replaces a member by another, as the command line does; what is done of it stays done. */
  String replace(int old, int id) {
    var args =
        List.of(
            "replace",
            Integer.toString(old),
            Integer.toString(id),
            "--config",
            cluster.configFile().toString());
    return Member.run(args) == 0 ? DONE : "not done";
  }

  private Answer ask(String words) {
    if (!Waiting.until(LEADER_MAX, () -> cluster.leader().isPresent())) {
      return new Answer("no leader", System.nanoTime());
    }
    var leader = cluster.server(cluster.leader().orElseThrow());
    try (var client = OperatorClient.connect(leader, TIMEOUT_MILLIS)) {
      client.ask(words);
      return new Answer(DONE, System.nanoTime());
    } catch (OperatorRefusal refusal) {
      return new Answer("refused: " + refusal.getMessage(), System.nanoTime());
    } catch (IOException failure) {
      return new Answer("no answer: " + failure.getMessage(), System.nanoTime());
    }
  }
}
