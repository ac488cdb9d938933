package io.raftkv.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.config.Options;
import io.raftkv.tools.StandIn;
import io.raftkv.tools.StandInFault;
import io.raftkv.tools.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteLoadTest {
  private static final WriteLoad.Shape SHAPE = new WriteLoad.Shape(10, 4, 32, true);
  private static final int WRITES_MIN = 200;

  @Test
  void aClusterThatKeepsItsPromisesIsNotBlamedWhenServersDie() throws Exception {
    try (var cluster = new StandIn(5, StandInFault.NONE, Options.DEFAULTS)) {
      var load = new WriteLoad("good", cluster.config().servers(), SHAPE);
      load.start();

      for (int id = 0; id < 5; id++) {
        awaitWrites(load);
        cluster.kill(id);
        awaitWrites(load);
        cluster.start(id);
      }
      load.stop(Duration.ofSeconds(5));

      assertEquals(List.of(), wrong(load, cluster));
      assertTrue(load.unknown() > 0, "connections of servers that die leave outcomes unknown");
      assertEquals(load.acknowledged(), load.latencies().size());
    }
  }

  @Test
  void writesThatAreLostWithAServerAreFound() throws Exception {
    try (var cluster = new StandIn(5, StandInFault.LOST_WRITE, Options.DEFAULTS)) {
      var load = new WriteLoad("lost", cluster.config().servers(), SHAPE);
      load.start();

      for (int id = 0; id < 5; id++) {
        awaitWrites(load);
        cluster.kill(id);
        cluster.start(id);
      }
      load.stop(Duration.ofSeconds(5));

      assertFalse(wrong(load, cluster).isEmpty());
    }
  }

  @Test
  void staleReadsAreFound() throws Exception {
    try (var cluster = new StandIn(3, StandInFault.STALE_READ, Options.DEFAULTS)) {
      var load = new WriteLoad("stale", cluster.config().servers(), SHAPE);
      load.start();

      awaitWrites(load);
      awaitWrites(load);
      load.stop(Duration.ofSeconds(5));

      assertFalse(load.complaints().isEmpty());
    }
  }

  @Test
  void theTimeWithoutAcknowledgementsIsMeasured() throws Exception {
    try (var cluster = new StandIn(3, StandInFault.NONE, Options.DEFAULTS)) {
      var load = new WriteLoad("gap", cluster.config().servers(), SHAPE);
      load.start();
      awaitWrites(load);

      long from = System.nanoTime();
      cluster.kill(1);
      cluster.kill(2);
      Waiting.pause(Duration.ofMillis(300));
      cluster.start(1);
      awaitWrites(load);
      long to = System.nanoTime();
      load.stop(Duration.ofSeconds(5));

      long gap = load.acknowledgements().longestGap(from, to);
      assertTrue(gap >= 280_000_000 && gap <= to - from, "gap " + gap);
    }
  }

  private static void awaitWrites(WriteLoad load) {
    long enough = load.acknowledged() + WRITES_MIN;
    assertTrue(Waiting.until(Duration.ofSeconds(10), () -> load.acknowledged() >= enough));
  }

  private static List<String> wrong(WriteLoad load, StandIn cluster) throws IOException {
    var wrong = new ArrayList<>(load.complaints());
    wrong.addAll(Verdict.of(load.chains(), cluster.config().server(0)));
    return wrong;
  }
}
