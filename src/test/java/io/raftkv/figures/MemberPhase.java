package io.raftkv.figures;

import io.raftkv.figures.MemberRequests.Answer;
import io.raftkv.tools.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The leader has been asked for a change of the members and has not answered. Whatever came of it,
 * each round ends with the newcomer in the place of one of the members.
 */
final class MemberPhase implements Phase {
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);
  private static final Duration CATCHES_UP_WITHIN = Duration.ofSeconds(60);
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(90);
  private static final int SPREAD_MILLIS = 8;
  private static final int REPLACE_SPREAD_MILLIS = 1_500;

  private final Command command;
  private CompletableFuture<Answer> answer = new CompletableFuture<>();

  /** What the operator asks for. */
  enum Command {
    ADD,
    PROMOTE,
    REMOVE,
    REPLACE
  }

  MemberPhase(Command command) {
    this.command = command;
  }

  @Override
  public void reach(KillRound round) throws IOException {
    int id = round.watched();
    var requests = round.requests();
    round.cluster().start(id);
    Waiting.until(STARTS_WITHIN, () -> round.cluster().hasSaid(id, "./run.sh member add"));
    switch (command) {
      case ADD -> {}
      case PROMOTE -> addAndCatchUp(round);
      case REMOVE -> {
        addAndCatchUp(round);
        requests.demand("promote " + id);
      }
      case REPLACE -> {
        answer = requests.replaceBeside(round.leaving(), id);
        Waiting.until(STARTS_WITHIN, () -> requests.members().filter(m -> m.has(id)).isPresent());
        Waiting.pause(Duration.ofMillis(round.random().nextInt(REPLACE_SPREAD_MILLIS)));
        return;
      }
    }
    do {
      answer = requests.askBeside(words(round));
      Waiting.pause(Duration.ofMillis(1L + round.random().nextInt(SPREAD_MILLIS)));
    } while (answer.isDone() && answer.join().isTryAgain());
  }

  private static void addAndCatchUp(KillRound round) {
    round.requests().demand("add " + round.watched());
    Waiting.until(
        CATCHES_UP_WITHIN, () -> round.cluster().hasSaid(round.watched(), "serves clients on"));
  }

  private String words(KillRound round) {
    int id = command == Command.REMOVE ? round.leaving() : round.watched();
    return command.name().toLowerCase(Locale.ROOT) + " " + id;
  }

  @Override
  public Proof proof(KillRound round) {
    boolean isUnanswered = !answer.isDone() || answer.join().atNanos() - round.killedNanos() > 0;
    return new Proof(
        isUnanswered,
        words(round) + (isUnanswered ? ", not answered" : ", " + answer.join().words()));
  }

  @Override
  public void settle(KillRound round) throws IOException, InterruptedException {
    awaitAnswer();
    var wanted = new TreeSet<>(round.members());
    wanted.remove(round.leaving());
    wanted.add(round.watched());
    if (!Waiting.until(SETTLES_WITHIN, () -> isSettled(round, wanted))) {
      throw new IllegalStateException("the members are not " + wanted + " in the end");
    }
    round.replaced();
  }

  private static boolean isSettled(KillRound round, Set<Integer> wanted) {
    var members = round.requests().members();
    if (members.isPresent() && members.get().voters().equals(wanted)) {
      return members.get().learners().isEmpty();
    }
    round.requests().replace(round.leaving(), round.watched());
    return false;
  }

  private void awaitAnswer() throws InterruptedException {
    try {
      answer.get(SETTLES_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      throw new IllegalStateException("the request does not end", failure);
    }
  }
}
