package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.config.Options;
import io.raftkv.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DisturbanceTest {
  /** Begins with a kill and a pause at the same time. */
  private static final long SEED = 15;

  private static final Duration HITS_MAX = Duration.ofSeconds(20);

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Journal journal = new Journal(new PrintStream(said, true, StandardCharsets.UTF_8));
  private final Tally tally = new Tally();

  @Test
  void neverMoreThanAMinorityIsDownAndAllAreHealedInTheEnd() throws IOException {
    try (var cluster = new StandIn(5, StandInFault.NONE, Options.DEFAULTS)) {
      var control = new Counting(new StandInControl(cluster, true));
      var disturbance = disturbance(cluster, control);

      disturbance.start();
      assertTrue(Waiting.until(HITS_MAX, () -> tally.kills() + tally.pauses() >= 3), said());
      disturbance.stop();

      assertEquals(2, control.most, said());
      assertEquals(0, control.down, said());
      assertEquals(Optional.empty(), disturbance.complaint());
      assertTrue(cluster.config().servers().stream().allMatch(Fleet::accepts), said());
    }
  }

  @Test
  void whoCannotKillComplainsAndLeavesServersAlone() throws IOException {
    try (var cluster = new StandIn(3, StandInFault.NONE, Options.DEFAULTS)) {
      var commands = new ServerCommands(false, Optional.empty(), Optional.empty());
      var control = new ProcessControl(commands, cluster.config().servers());
      var disturbance = disturbance(cluster, control);

      disturbance.start();
      assertTrue(Waiting.until(HITS_MAX, () -> disturbance.complaint().isPresent()), said());
      disturbance.stop();

      assertEquals(
          "server %d runs in the process of this tester",
          disturbance.complaint().orElseThrow().replaceAll("server \\d", "server %d"));
      assertEquals(0, tally.kills() + tally.pauses());
    }
  }

  private Disturbance disturbance(StandIn cluster, ServerControl control) {
    var fleet = new Fleet(cluster.config().servers(), control, journal);
    return new Disturbance(fleet, control, new SplittableRandom(SEED), tally, journal);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  /** Counts who is dead or paused. */
  private static final class Counting implements ServerControl {
    private final ServerControl control;
    private volatile int down;
    private volatile int most;

    Counting(ServerControl control) {
      this.control = control;
    }

    private synchronized void count(int change) {
      down += change;
      most = Math.max(most, down);
    }

    @Override
    public String whyNotKill() {
      return control.whyNotKill();
    }

    @Override
    public String kill(ServerConfig server) {
      count(1);
      return control.kill(server);
    }

    @Override
    public String pause(ServerConfig server) {
      count(1);
      return control.pause(server);
    }

    @Override
    public void resume(ServerConfig server) {
      count(-1);
      control.resume(server);
    }

    @Override
    public String start(ServerConfig server) {
      count(-1);
      return control.start(server);
    }

    @Override
    public boolean canStart() {
      return control.canStart();
    }
  }
}
