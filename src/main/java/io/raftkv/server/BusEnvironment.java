package io.raftkv.server;

import io.raftkv.bus.Bus;
import io.raftkv.bus.ClientReplies;
import io.raftkv.bus.Identity;
import io.raftkv.bus.OperatorReply;
import io.raftkv.bus.PeerMessages;
import io.raftkv.bus.SendSnapshot;
import io.raftkv.kv.Image;
import io.raftkv.kv.Life;
import io.raftkv.kv.Reply;
import io.raftkv.raft.Effect;
import io.raftkv.raft.LogRecord;
import io.raftkv.raft.Message;
import io.raftkv.raft.Role;
import io.raftkv.raft.Snapshot;
import io.raftkv.replica.Environment;
import io.raftkv.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The world of a replica under Vert.x: the disk thread, and the bus. What one turn sends goes out
 * as one message to each side when the turn ends.
 */
final class BusEnvironment implements Environment {
  private static final Logger LOG = LoggerFactory.getLogger(BusEnvironment.class);

  private final int id;
  private final Bus bus;
  private final Storage storage;
  private final Driver driver;
  private final ServerListener listener;
  private List<PeerMessages.To> messages = new ArrayList<>();
  private List<ClientReplies.To> replies = new ArrayList<>();
  private Identity identity;
  private int leader = Integer.MIN_VALUE;

  /** What whoever drives the replica does for it. */
  interface Driver {
    /** Begins to make a snapshot durable, off the event loop; the replica hears of the end. */
    void saveSnapshot(Snapshot snapshot, Image image);

    /** The server has caught up; stops the turn by what it throws if it must not serve. */
    void beforeServing();
  }

  BusEnvironment(
      Identity identity, Bus bus, Storage storage, Driver driver, ServerListener listener) {
    this.driver = driver;
    this.id = identity.id();
    this.identity = identity;
    this.bus = bus;
    this.storage = storage;
    this.listener = listener;
  }

  /** Tells the peer transport who this server is. */
  void announceIdentity() {
    bus.toPeers(identity);
  }

  /** Sends what the turn brought forth. */
  void endTurn() {
    if (!messages.isEmpty()) {
      bus.toPeers(new PeerMessages(messages));
      messages = new ArrayList<>();
    }
    if (!replies.isEmpty()) {
      bus.toClients(new ClientReplies(replies));
      replies = new ArrayList<>();
    }
  }

  @Override
  public void send(int to, Message message) {
    messages.add(new PeerMessages.To(to, message));
  }

  @Override
  public void write(long sequence, List<LogRecord> records) {
    storage.write(sequence, records);
  }

  @Override
  public void forceLife(Life life) {
    storage.forceLife(life);
  }

  @Override
  public void reply(long connection, Reply reply) {
    replies.add(new ClientReplies.To(connection, reply));
  }

  @Override
  public void roleChanged(Role.Kind role, long term, int nowLeader) {
    if (nowLeader != leader) {
      leader = nowLeader;
      listener.leaderChanged(leader, term);
    }
  }

  @Override
  public void joined(long clusterId) {
    identity = new Identity(id, identity.incarnation(), clusterId);
    announceIdentity();
  }

  @Override
  public void givenUp(Effect.GivenUp why) {
    storage.giveUp(why);
  }

  @Override
  public void stateDiffers(int other, long index) {
    LOG.error(
        "servers {} and {} hold different states behind entry {}: one of them is wrong, and stops"
            + " if a majority agrees that it is",
        id,
        other,
        index);
  }

  @Override
  public void saveSnapshot(Snapshot snapshot, Image image) {
    driver.saveSnapshot(snapshot, image);
  }

  @Override
  public void sendSnapshot(int to, long atLeast) {
    bus.toPeers(new SendSnapshot(to, atLeast));
  }

  @Override
  public void changed(long requestId, String refusal) {
    boolean isDone = refusal.equals(Effect.Changed.DONE);
    var text = isDone ? OperatorReply.OK : OperatorReply.REFUSED + refusal;
    bus.toOperators(new OperatorReply(requestId, text));
  }

  @Override
  public void serving() {
    driver.beforeServing();
    listener.serving();
  }
}
