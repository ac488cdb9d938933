package io.raftkv.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Image;
import io.raftkv.kv.KvStore;
import io.raftkv.kv.Life;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Reply;
import io.raftkv.kv.Request;
import io.raftkv.kv.RequestId;
import io.raftkv.raft.Configuration;
import io.raftkv.raft.Effect;
import io.raftkv.raft.Entry;
import io.raftkv.raft.Event;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.Message;
import io.raftkv.raft.PersistentState;
import io.raftkv.raft.RaftConfig;
import io.raftkv.raft.RaftNode;
import io.raftkv.raft.Role;
import io.raftkv.raft.Snapshot;
import io.raftkv.raft.SnapshotId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private final List<Reply> replies = new ArrayList<>();
    private final List<Life> lives = new ArrayList<>();

    @Override
    public void send(int to, Message message) {
      messages.add(message);
    }

    @Override
    public void write(long sequence, List<LogRecord> records) {}

    @Override
    public void forceLife(Life life) {
      lives.add(life);
    }

    @Override
    public void reply(long connection, Reply reply) {
      replies.add(reply);
    }

    @Override
    public void roleChanged(Role.Kind role, long term, int leader) {}

    @Override
    public void givenUp(Effect.GivenUp why) {
      throw new AssertionError(why);
    }

    @Override
    public void stateDiffers(int other, long index) {
      throw new AssertionError(other + " differs");
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

  /** A server that has just heard its leader. */
  private static Replica replica(long life, Sent sent) {
    var entry = new Entry(1, 1, 0, Entry.Kind.CONFIGURATION, THREE.encode());
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
    return replica;
  }

  private static <M extends Message> List<M> messages(Sent sent, Class<M> kind) {
    return sent.messages.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The id of the first read of a server. */
  private static long firstReadId(long life) {
    var sent = new Sent();
    replica(life, sent);
    var reads = messages(sent, Message.ReadIndex.class);
    assertEquals(1, reads.stream().distinct().count());
    return reads.get(0).readId();
  }

  /** It may have taken effect in there, before the other life began. */
  @Test
  void whatWasUnderWayWhenASnapshotBringsAnotherLifeIsNeitherAnsweredNorSentAgain() {
    var sent = new Sent();
    var replica = replica(5, sent);
    long start = messages(sent, Message.ReadIndex.class).get(0).readId();
    replica.handle(new Event.Receive(0, 100, new Message.ReadIndexReply(start, 1)));
    replica.flush();
    var set = new Request.Set(Bytes.utf8("k"), 0, Bytes.utf8("v"));
    replica.request(3, set);
    replica.flush();
    assertEquals(1, messages(sent, Message.Propose.class).size());
    sent.messages.clear();
    var image = new KvStore();
    image.advance(1, 1);
    var other = new RequestId(1, new Life(9, 9), 1);
    image.apply(2, 2, new Proposal(other, Optional.of(set)).encode());

    replica.snapshotArrived(new Snapshot(new SnapshotId(2, 1, 2), THREE), image, 100);
    replica.flush();
    replica.lifeForced(sent.lives.get(0));
    replica.handle(
        new Event.Receive(0, 100, new Message.AppendEntries(1, 2, 1, List.of(), 2, 0, 9_000)));
    replica.flush();

    assertEquals(List.of(Reply.INTERNAL), sent.replies);
    assertEquals(10, sent.lives.get(0).number());
    assertEquals(List.of(), messages(sent, Message.Propose.class));
  }

  /** A reply from before a restart must not be taken for one to a read after it. */
  @Test
  void theReadsOfEachLifeHaveIdsOfTheirOwn() {
    assertNotEquals(firstReadId(1), firstReadId(2));
  }
}
