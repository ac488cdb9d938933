package io.raftkv.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.raftkv.bus.OperatorReply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operators who wait for a snapshot are answered as soon as there is one. */
class SnapshotRequestsTest {
  private final List<OperatorReply> answers = new ArrayList<>();
  private final SnapshotRequests requests = new SnapshotRequests(50, answers::add);

  @Test
  void whoeverAsksForWhatTheNewestSnapshotHoldsIsAnsweredAtOnce() {
    requests.add(7, 50);

    assertEquals(List.of(new OperatorReply(7, "ok 50")), answers);
  }

  @Test
  void whoeverAsksForMoreWaitsForIt() {
    requests.add(7, 60);
    requests.saved(55);
    assertEquals(List.of(), answers);

    requests.saved(65);

    assertEquals(List.of(new OperatorReply(7, "ok 65")), answers);
  }

  /** On a cluster at rest no newer one would ever come. */
  @Test
  void anOwnSnapshotThatIsDoneBehindANewerOneOfAnotherServerHidesNothing() {
    requests.saved(1_000);
    requests.saved(200);

    requests.add(7, 1_000);

    assertEquals(List.of(new OperatorReply(7, "ok 1000")), answers);
  }

  @Test
  void nobodyWaitsForAnotherAttempt() {
    requests.add(7, 60);

    requests.failed(new IOException("Input/output error"));
    requests.saved(65);

    assertEquals(1, answers.size());
    assertEquals(7, answers.get(0).id());
  }
}
