package io.raftkv.sim;

import io.raftkv.base.Bytes;
import io.raftkv.kv.Life;
import io.raftkv.kv.Proposal;
import io.raftkv.kv.Request;
import io.raftkv.kv.RequestId;
import io.raftkv.raft.Event;
import io.raftkv.raft.Message;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What no server of the cluster would say: commands that are none, of an origin that there is not,
 * and answers of strangers. All of it must come to nothing.
 */
final class Strays {
  private static final int ORIGIN = 1 << 20;
  private static final int COMMANDS = 8;
  private static final int KEY_BYTES_MAX = 300;
  private static final int DAMAGE_BYTES = 48;

  /** Where the exptime of a set or cas stands. */
  private static final int FIRST_NUMBER = 30;

  private final World world;
  private long lastOrigin = ORIGIN;

  Strays(World world) {
    this.world = world;
  }

  /** Says something to this server. */
  void say(SimServer server, SplittableRandom random) {
    world.marks().see(Mark.STRAY);
    int members = world.members().size();
    if (random.nextBoolean()) {
      var from = world.server(random.nextInt(members));
      var commands =
          IntStream.range(0, random.nextInt(COMMANDS + 1))
              .mapToObj(i -> damaged(proposal(random), random))
              .toList();
      server.handle(
          new Event.Receive(from.id(), from.incarnation(), new Message.Propose(commands)));
    } else if (random.nextBoolean()) {
      var from = world.server(random.nextInt(members));
      long term = server.isUp() ? server.replica().raft().term() : 0;
      var message = new Message.TimeoutNow(Math.max(0, term - random.nextInt(2)));
      server.handle(new Event.Receive(from.id(), from.incarnation(), message));
    } else {
      int stranger = members + random.nextInt(3);
      server.handle(new Event.Receive(stranger, 1, answer(server, random)));
    }
  }

  private Bytes proposal(SplittableRandom random) {
    var id = new RequestId((int) ++lastOrigin, new Life(1, random.nextLong()), 1);
    var key = Bytes.utf8("stray" + lastOrigin);
    Optional<Request.Command> command =
        switch (random.nextInt(4)) {
          case 0 -> Optional.empty();
          case 1 -> Optional.of(new Request.Set(key, 0, Bytes.utf8("stray")));
          case 2 -> Optional.of(new Request.Cas(key, 0, 1, Bytes.utf8("stray")));
          default -> Optional.of(new Request.Delete(longKey(random)));
        };
    return new Proposal(id, command).encode();
  }

  private static Bytes longKey(SplittableRandom random) {
    return Bytes.utf8("s".repeat(random.nextInt(4) * random.nextInt(KEY_BYTES_MAX) / 3));
  }

  /** Cut short, or with a byte changed, or as it was; the origin stays one that there is not. */
  private static Bytes damaged(Bytes proposal, SplittableRandom random) {
    var bytes = proposal.toArray();
    switch (random.nextInt(6)) {
      case 0 -> {
        return Bytes.copyOf(bytes, 0, random.nextInt(bytes.length + 1));
      }
      case 3 -> {
        return Bytes.wrap(Arrays.copyOf(bytes, bytes.length + 1));
      }
      case 4 -> bytes[Math.min(FIRST_NUMBER, bytes.length - 1)] = (byte) random.nextInt();
      case 1 -> bytes[random.nextInt(2)] = (byte) random.nextInt();
      case 2 -> damageBehindTheOrigin(bytes, random);
      default -> {}
    }
    return Bytes.wrap(bytes);
  }

  private static void damageBehindTheOrigin(byte[] bytes, SplittableRandom random) {
    int at = 6 + random.nextInt(DAMAGE_BYTES);
    if (at < bytes.length) {
      bytes[at] = (byte) random.nextInt();
    }
  }

  /** Of this term, so that nothing but who says it can be wrong. */
  private static Message answer(SimServer server, SplittableRandom random) {
    long term = server.isUp() ? server.replica().raft().term() : 0;
    return switch (random.nextInt(6)) {
      case 0 -> new Message.AppendEntriesReply(term, true, 1L << 40, 0, 0, 1L << 40);
      case 1 -> new Message.AppendEntriesReply(term, false, 1, 0, 0, 0);
      case 2 -> new Message.RequestVoteReply(term, true, false, -1, 0);
      case 3 -> new Message.TimeoutNow(term);
      case 4 -> new Message.ReadIndex(random.nextLong());
      default -> new Message.ReadIndexReply(random.nextLong(), 1);
    };
  }
}
