package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Life;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.kv.RequestId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The numbers of commands, over lives. */
class OriginTest {
  private static final Life FIRST = new Life(5, 50);
  private static final Life SECOND = new Life(6, 60);

  private final Origin origin = new Origin(3, FIRST, ReplicaOptions.of(1_000, 100));

  private Waiting number(String value) {
    var request = new Request.Set(Bytes.utf8("k"), 0, Bytes.utf8(value));
    var waiting = new Waiting(new Connection(1), request, 1_000);
    origin.number(waiting);
    return waiting;
  }

  private List<RequestId> unseenIds() {
    return origin.all().stream().map(bytes -> Proposal.decode(bytes).id()).toList();
  }

  @Test
  void aNewLifeNumbersEverythingUnseenAnewFromOne() {
    var seen = number("a");
    number("b");
    number("c");
    origin.seen(seen.sequence, Reply.NOT_FOUND);

    origin.begin(SECOND);
    number("d");

    assertEquals(
        List.of(
            new RequestId(3, SECOND, 1), new RequestId(3, SECOND, 2), new RequestId(3, SECOND, 3)),
        unseenIds());
  }
}
