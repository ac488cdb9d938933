package io.raftkv.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

/** What makes each command count once. */
class OriginsTest {
  private static final Life OLD = new Life(5, 50);
  private static final Life NEW = new Life(6, 60);

  @Test
  void nothingOfALifeThatIsOverCounts() {
    var origins = new Origins();
    origins.take(new RequestId(3, OLD, 1));
    origins.take(new RequestId(3, NEW, 1));

    assertFalse(origins.takes(new RequestId(3, OLD, 1)));
    assertFalse(origins.takes(new RequestId(3, OLD, 2)));
    assertEquals(NEW, origins.life(3));
  }
}
