package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.raftkv.kv.Image;
import io.raftkv.kv.Life;
import io.raftkv.kv.Reply;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Entry;
import io.raftkv.raft.Event;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.Message;
import io.raftkv.raft.PersistentState;
import io.raftkv.raft.RaftConfig;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.Role;
import io.raftkv.raft.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What two lives of one server must not have in common. */
class LivesTest {
  private static final Configuration THREE =
      new Configuration(
          7, IntStream.range(0, 3).mapToObj(i -> new Configuration.Seat(i, 100 + i)).toList());

  /** Hears what a replica sends, and does nothing. */
  private static final class Sent implements Environment {
    private final List<Message> messages = new ArrayList<>();

    @Override
    public void send(int to, Message message) {
      messages.add(message);
    }

    @Override
    public void write(long sequence, List<LogRecord> records) {}

    @Override
    public void forceLife(Life life) {}

    @Override
    public void reply(long connection, Reply reply) {}

    @Override
    public void roleChanged(Role.Kind role, long term, int leader) {}

    @Override
    public void givenUp(long clusterId, long acknowledged) {
      throw new AssertionError("entry " + acknowledged + " is gone");
    }

    @Override
    public void joined(long clusterId) {}

    @Override
    public void changed(long requestId, String refusal) {}

    @Override
    public void serving() {}

    @Override
    public void saveSnapshot(Snapshot snapshot, Image image) {}

    @Override
    public void sendSnapshot(int to, long atLeast) {}
  }

  /** The id of the first read of a server that has just heard its leader. */
  private static long firstReadId(long life) {
    var entry = new Entry(1, 1, 0, Entry.Kind.CONFIGURATION, THREE.encode());
    var sent = new Sent();
    var replica =
        new Replica(
            RaftConfig.of(1, 101, List.of(0, 1, 2), false, 1_000),
            ReplicaOptions.of(10_000, 1_000),
            new PersistentState(1, RaftNode.NOBODY, 7, List.of(entry)),
            StartState.empty(),
            new Life(life, life),
            new SplittableRandom(life),
            sent);
    replica.handle(new Event.Tick(10, 10));
    var heartbeat = new Message.AppendEntries(1, 1, 1, List.of(), 1, 0, 500);
    replica.handle(new Event.Receive(0, 100, heartbeat));
    replica.flush();
    var reads =
        sent.messages.stream()
            .filter(Message.ReadIndex.class::isInstance)
            .map(Message.ReadIndex.class::cast)
            .toList();
    assertEquals(1, reads.stream().distinct().count());
    return reads.get(0).readId();
  }

  /** A reply from before a restart must not be taken for one to a read after it. */
  @Test
  void theReadsOfEachLifeHaveIdsOfTheirOwn() {
    assertNotEquals(firstReadId(1), firstReadId(2));
  }
}
