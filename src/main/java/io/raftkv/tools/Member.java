package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.ConfigLoader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code ./run.sh member}: shows and changes who is a member of a running cluster. */
public final class Member {
  private static final Duration CATCH_UP_MAX = Duration.ofHours(1);
  private static final Duration ASK_AGAIN_AFTER = Duration.ofMillis(500);

  private final Operator operator;
  private final PrintStream out;

  private Member(Operator operator, PrintStream out) {
    this.operator = operator;
    this.out = out;
  }

  /** Does what {@code args} say and returns the exit status. */
  public static int run(List<String> args) {
    return run(args, System.out, System.err);
  }

  static int run(List<String> args, PrintStream console, PrintStream errors) {
    var out = new PrintStream(console, true, StandardCharsets.UTF_8);
    try {
      var options = MemberOptions.parse(args);
      if (options.help()) {
        out.print(MemberOptions.HELP);
        return ExitStatus.STOPPED.code();
      }
      var cluster = ConfigLoader.load(options.config().orElseGet(ConfigLoader::defaultFile));
      new Member(new Operator(cluster), out).run(options);
      return ExitStatus.STOPPED.code();
    } catch (Failure failure) {
      errors.println(failure.getMessage());
      return failure.status().code();
    }
  }

  private void run(MemberOptions options) {
    switch (options.verb()) {
      case "list" -> list();
      case "add" -> {
        add(options.id(0));
        sayIfSilent(options.id(0));
      }
      case "promote" -> promote(options.id(0));
      case "remove" -> remove(options.id(0));
      case "replace" -> replace(options.id(0), options.id(1));
      default -> limit(options.numbers().get(0));
    }
  }

  private void list() {
    var answers = operator.status();
    answers.reasons().forEach(out::println);
    var best =
        answers
            .leader()
            .or(() -> answers.reports().stream().findFirst())
            .orElseThrow(
                () -> new Failure(ExitStatus.UNEXPECTED, "no server answers" + Operator.REMEDY));
    best.members()
        .forEach(member -> out.println(line(member, best, answers.isSilent(member.id()))));
    if (best.members().isEmpty()) {
      out.println("no cluster is formed yet");
    } else {
      var bound = best.bound() == Long.MAX_VALUE ? "no bound" : best.bound() + " bytes";
      out.println("the store holds " + best.bytes() + " bytes of " + bound);
    }
  }

  /** The leader does not yet know what a server holds that has never answered it. */
  private static String line(ServerReport.Member member, ServerReport by, boolean isSilent) {
    var role = member.id() == by.leader() ? "leader" : member.isVoter() ? "voter" : "learner";
    var line = "server " + member.id() + "  " + role;
    if (member.isVoter() && member.incarnation().equals("0")) {
      line += ", its seat is empty";
    }
    if (isSilent) {
      line += ", does not answer";
    }
    return member.heldIndex() < 0 || (member.heldIndex() == 0 && isSilent)
        ? line
        : line + ", holds entry " + member.heldIndex() + " of " + by.lastIndex();
  }

  private void add(int id) {
    operator.checkNamed(id);
    demand("add " + id);
    out.println("server " + id + " is a learner: it is sent the data, and does not vote yet");
  }

  private void sayIfSilent(int id) {
    operator
        .silence(id)
        .ifPresent(
            why ->
                out.println(
                    why
                        + "; if it does not run, start it, or take it back with ./run.sh member"
                        + " remove "
                        + id));
  }

  private void promote(int id) {
    demand("promote " + id);
    out.println("server " + id + " is a voter");
  }

  private void remove(int id) {
    demand("remove " + id);
    out.println("server " + id + " is no member any more: stop it");
  }

  private void limit(long bytes) {
    var answers = operator.status();
    for (var report : answers.reports()) {
      if (bytes > report.boundMax()) {
        refuse(
            Optional.of(
                "the heap of server %d is enough for %d bytes: give it more with RAFTKV_JAVA_OPTS,"
                        .formatted(report.server(), report.boundMax())
                    + " or choose a lower limit"));
      }
    }
    answers.reasons().forEach(out::println);
    demand("bound " + bytes);
    out.println("the store may hold " + bytes + " bytes");
  }

  private void replace(int old, int id) {
    if (old == id) {
      throw new Failure(
          ExitStatus.CONFIGURATION,
          "server %d cannot take its own place: a server whose disk was lost comes back by itself"
              .formatted(id));
    }
    if (!isMember(id)) {
      add(id);
    }
    if (!isVoter(id)) {
      out.println("waiting until server " + id + " has caught up");
      promoteWhenItHasCaughtUp(id);
    }
    remove(old);
  }

  private boolean isMember(int id) {
    return member(id).isPresent();
  }

  private boolean isVoter(int id) {
    return member(id).map(ServerReport.Member::isVoter).orElse(false);
  }

  private Optional<ServerReport.Member> member(int id) {
    return operator.status().leader().stream()
        .flatMap(leader -> leader.members().stream())
        .filter(member -> member.id() == id)
        .findFirst();
  }

  private void promoteWhenItHasCaughtUp(int id) {
    long end = System.nanoTime() + CATCH_UP_MAX.toNanos();
    var refusal = operator.ask("promote " + id);
    sayIfSilent(id);
    while (refusal.isPresent() && isTemporary(refusal.get()) && System.nanoTime() < end) {
      Waiting.pause(ASK_AGAIN_AFTER);
      refusal = operator.ask("promote " + id);
    }
    refuse(refusal);
    out.println("server " + id + " is a voter");
  }

  private static boolean isTemporary(String refusal) {
    return refusal.contains("try again");
  }

  /** A leader that is new, or busy with another change, is asked again. */
  private void demand(String words) {
    var refusal = operator.ask(words);
    for (int i = 0; i < 10 && refusal.filter(r -> r.contains("another change")).isPresent(); i++) {
      Waiting.pause(ASK_AGAIN_AFTER);
      refusal = operator.ask(words);
    }
    refuse(refusal);
  }

  private static void refuse(Optional<String> refusal) {
    if (refusal.isPresent()) {
      boolean isOpen = refusal.get().contains("the leader changed meanwhile");
      throw new Failure(
          ExitStatus.UNEXPECTED, (isOpen ? "not known: " : "refused: ") + refusal.get());
    }
  }
}
