package io.raftkv.transport;

import io.raftkv.bus.Identity;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What each side of a new connection says of itself. The acceptor speaks first, with a fresh random
 * nonce; the dialler says the nonce back, so that a recording of it is worth nothing later.
 *
 * @param to whom the speaker believes it talks to; the acceptor does not know yet and says -1
 * @param members a hash of the ids in the speaker's configuration
 * @param logPort where the speaker listens to peers
 */
record Hello(
    int from, int to, long incarnation, long clusterId, int members, long nonce, int logPort) {
  static final int ANYBODY = -1;

  /** Who speaks is no server, but somebody who looks after them. */
  static final int OPERATOR = -2;

  /** Longer than any hello, and short enough for anybody to send. */
  static final int BYTES_MAX = 256;

  private static final int MAGIC = 0x524b5650;
  private static final int VERSION = 4;
  private static final int BYTES = 4 + 4 + 4 + 4 + 8 + 8 + 4 + 8 + 4;

  static Hello of(Identity self, int to, Roster roster, long nonce) {
    return new Hello(
        self.id(),
        to,
        self.incarnation(),
        self.clusterId(),
        hash(roster.ids()),
        nonce,
        roster.logPort());
  }

  /** The words of an operator's tool to this server. */
  static Hello ofOperator(int to, long nonce) {
    return new Hello(OPERATOR, to, 0, 0, 0, nonce, 0);
  }

  /** The set of member ids, not their addresses, is what two servers must agree on. */
  static int hash(List<Integer> members) {
    var crc = new CRC32C();
    members.stream().sorted().forEach(id -> crc.update(ByteBuffer.allocate(4).putInt(0, id)));
    return (int) crc.getValue();
  }

  /** A whole frame. */
  byte[] frame(Frame.Type type) {
    var buffer = ByteBuffer.allocate(Frame.HEADER_BYTES + BYTES).position(Frame.HEADER_BYTES);
    buffer.putInt(MAGIC).putInt(VERSION).putInt(from).putInt(to).putLong(incarnation);
    buffer.putLong(clusterId).putInt(members).putLong(nonce).putInt(logPort);
    Frame.finish(buffer, 0, type);
    return buffer.array();
  }

  static Hello decode(ByteBuffer payload) throws WireException {
    try {
      if (payload.getInt() != MAGIC) {
        throw new WireException("this is no raftkv server");
      }
      int version = payload.getInt();
      if (version != VERSION) {
        throw new WireException("it speaks version " + version + ", this server " + VERSION);
      }
      return new Hello(
          payload.getInt(),
          payload.getInt(),
          payload.getLong(),
          payload.getLong(),
          payload.getInt(),
          payload.getLong(),
          payload.getInt());
    } catch (BufferUnderflowException e) {
      throw new WireException("a hello is cut short");
    }
  }

  /**
   * Why this server must not talk to whoever said this hello; empty if it may. Servers that know of
   * no cluster form one only with those whose files name the same servers; whoever knows of one may
   * be a member that this server's file does not name yet.
   */
  Optional<String> objection(Identity self, Roster roster) {
    boolean isForming = clusterId == 0 && self.clusterId() == 0;
    if (from < 0 || from == self.id() || (isForming && !roster.ids().contains(from))) {
      return Optional.of("it says it is server " + from + ", which is no peer of this one");
    }
    if (to != ANYBODY && to != self.id()) {
      return Optional.of("it looks for server " + to + "; correct its configuration");
    }
    if (isForming && members != hash(roster.ids())) {
      return Optional.of("its configuration names other server ids; make the files agree");
    }
    if (clusterId != 0 && self.clusterId() != 0 && clusterId != self.clusterId()) {
      return Optional.of("it belongs to another cluster; correct its configuration or data");
    }
    return Optional.empty();
  }
}
