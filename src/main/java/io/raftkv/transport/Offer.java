package io.raftkv.transport;

import io.raftkv.raft.SnapshotId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * What a server says of the snapshot that it would send.
 *
 * @param bytes the length of the whole file
 */
record Offer(SnapshotId id, long bytes) {
  private static final int BYTES = 32;

  byte[] frame() {
    var payload = ByteBuffer.allocate(BYTES).putLong(id.index()).putLong(id.term());
    return Frame.of(Frame.Type.OFFER, payload.putLong(id.time()).putLong(bytes).flip());
  }

  static Offer decode(ByteBuffer payload) throws WireException {
    try {
      var id = new SnapshotId(payload.getLong(), payload.getLong(), payload.getLong());
      var offer = new Offer(id, payload.getLong());
      if (id.index() < 1 || offer.bytes() < 1 || payload.hasRemaining()) {
        throw new WireException("an offer of entry " + id.index());
      }
      return offer;
    } catch (BufferUnderflowException e) {
      throw new WireException("an offer is cut short");
    }
  }
}
