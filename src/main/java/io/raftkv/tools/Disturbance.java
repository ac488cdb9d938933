package io.raftkv.tools;

import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One thread that kills and pauses servers, never more than a minority at a time, and brings all of
 * them back before it goes on. Nobody knows who leads: it hits servers at random, so the leader
 * too.
 */
final class Disturbance {
  private static final int CALM_MILLIS_MIN = 300;
  private static final int CALM_MILLIS_MAX = 1200;
  private static final int OUTAGE_MILLIS_MIN = 200;
  private static final int OUTAGE_MILLIS_MAX = 1500;
  private static final Duration HEALING_MAX = Duration.ofSeconds(150);

  private final Fleet fleet;
  private final ServerControl control;
  private final SplittableRandom random;
  private final Tally tally;
  private final Journal journal;
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<ServerConfig> paused = new ArrayList<>();
  private boolean canPause = true;
  private final Thread thread = new Thread(this::disturb, "disturbance");
  private final Thread atExit = new Thread(this::endAndWait, "healing");
  private volatile Optional<String> complaint = Optional.empty();

  Disturbance(
      Fleet fleet, ServerControl control, SplittableRandom random, Tally tally, Journal journal) {
    this.fleet = fleet;
    this.control = control;
    this.random = random;
    this.tally = tally;
    this.journal = journal;
  }

  /** Begins; from now on also the end of this program, by Ctrl-C say, heals all servers. */
  void start() {
    thread.setDaemon(true);
    thread.start();
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Ends, when all servers are healed. */
  void stop() {
    endAndWait();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      // The program is ending already, and heals twice what is healed once.
    }
  }

  private void endAndWait() {
    over.countDown();
    try {
      thread.join(HEALING_MAX.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      complain("a server may be left dead or paused: it is not back after " + HEALING_MAX);
    }
  }

  /** Why it could not go on, or could not heal; empty if all is well. */
  Optional<String> complaint() {
    return complaint;
  }

  private void disturb() {
    try {
      while (!isOverAfter(CALM_MILLIS_MIN, CALM_MILLIS_MAX)) {
        hitSome();
        isOverAfter(OUTAGE_MILLIS_MIN, OUTAGE_MILLIS_MAX);
        heal();
      }
    } catch (Trial.Failed failed) {
      complain(failed.reason());
    } catch (Trial.Skipped refused) {
      complain(refused.reason());
    } catch (RuntimeException unforeseen) {
      complain(unforeseen.toString());
    } finally {
      healAtLast();
    }
  }

  private boolean isOverAfter(int millisMin, int millisMax) {
    try {
      int millis = millisMin + random.nextInt(millisMax - millisMin + 1);
      return over.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void hitSome() {
    int most = fleet.dispensable() - fleet.dead().size();
    if (most <= 0) {
      return;
    }
    int count = 1 + random.nextInt(most);
    for (int i = 0; i < count; i++) {
      var targets = new ArrayList<>(fleet.alive());
      targets.removeAll(paused);
      hit(targets.get(random.nextInt(targets.size())));
    }
  }

  private void hit(ServerConfig server) {
    boolean pause = canPause && random.nextBoolean();
    if (!pause || !tryPausing(server)) {
      kill(server);
    }
  }

  /** Pauses this server; returns whether that was possible. */
  private boolean tryPausing(ServerConfig server) {
    try {
      paused.add(server);
      journal.detail("pause server " + server.id() + ": " + control.pause(server));
      tally.paused();
      return true;
    } catch (Trial.Skipped refused) {
      paused.remove(server);
      canPause = false;
      journal.detail("no server is paused: " + refused.reason());
      return false;
    }
  }

  private void kill(ServerConfig server) {
    try {
      fleet.kill(server);
      tally.killed();
    } catch (IOException failure) {
      journal.detail(
          "server %d is not killed, for it takes no connection: %s"
              .formatted(server.id(), failure.getMessage()));
    }
  }

  private void heal() {
    for (var server : List.copyOf(paused)) {
      control.resume(server);
      paused.remove(server);
      journal.detail("resume server " + server.id());
    }
    fleet.reviveAll();
  }

  private void healAtLast() {
    try {
      heal();
    } catch (RuntimeException failure) {
      complain("a server may be left dead or paused: " + failure.getMessage());
    }
  }

  private void complain(String what) {
    if (complaint.isEmpty()) {
      complaint = Optional.of(what);
    }
  }
}
